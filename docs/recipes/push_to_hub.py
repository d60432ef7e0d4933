"""Hugging Face: push a dataset to the hub, with the card that convert wrote (README.md).

``python push_to_hub.py out/ you/news`` needs ``pip install huggingface_hub`` and a token.  See to
the licences first: the texts belong to whoever published them.
"""

from __future__ import annotations

import sys

import corpus_norm

PATTERNS = ("README.md", "*.json", "*/*.parquet")


def push(folder: str, name: str) -> None:
    """Check a dataset, and push its files as they are.

    Raises:
        ValueError: the dataset is damaged or unfinished.
    """
    from huggingface_hub import HfApi

    problems = list(corpus_norm.open_dataset(folder).verify())
    if problems:
        raise ValueError(f"{folder} is not ready: {problems[0]}")
    api = HfApi()
    api.create_repo(name, repo_type="dataset", private=True, exist_ok=True)
    api.upload_folder(
        folder_path=folder, repo_id=name, repo_type="dataset", allow_patterns=list(PATTERNS)
    )


if __name__ == "__main__":
    push(*sys.argv[1:3])
