from . import kam_demo
from . import kam_demo_clients
from . import kam_demo_documents
from . import kam_demo_stories
from . import kam_demo_reconciliations
from . import kam_demo_collection
from . import kam_demo_ladder
