from . import hr_leave
from . import kam_substitution
from . import kam_substitution_proposer
