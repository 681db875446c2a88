from . import hr_leave
from . import kam_substitution
