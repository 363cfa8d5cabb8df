import sys

from mapping_specs.cli import main

sys.exit(main())
