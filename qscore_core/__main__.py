"""`python -m qscore_core VERB`."""

from qscore_core.cli import main

if __name__ == "__main__":
    main()
