"""The recipe that turns parallel text into an Argos package.

Four commands, run in this order from the root of the repository; README.md tells the whole story:

    python -m training.prepare     parallel text  -> filtered token arrays
    python -m training.train       token arrays   -> weights
    python -m training.package     weights        -> one .argosmodel file
    python -m training.evaluate    .argosmodel    -> BLEU, chrF and faithfulness figures

Only ``train`` needs torch.  Nothing here is imported by the library, and no file is written
outside the work folder that is named on the command line.
"""
