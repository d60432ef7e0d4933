"""``python -m corpus_norm``."""

from corpus_norm.cli import main

if __name__ == "__main__":
    main()
