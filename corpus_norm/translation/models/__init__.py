"""Translation models on this machine: find, install, verify."""
