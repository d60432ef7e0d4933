"""The recipe that turns parallel text into an Argos package.

Run in this order from the root of the repository; README.md tells the whole story, gpu.md the
day on which a GPU is lent:

    python -m training.prepare     parallel text  -> filtered token arrays
    python -m training.train       token arrays   -> weights
    python -m training.package     weights        -> one .argosmodel file
    python -m training.evaluate    .argosmodel    -> BLEU, chrF and faithfulness figures

``training.gpu_day`` does all that on a machine that is lent for minutes; ``training.transfer``
carries arrays and weights between machines; ``training.backtranslate`` makes pairs from English.
Only ``train`` and ``backtranslate`` need torch.  Nothing here is imported by the library, and no
file is written outside the folders that are named on the command line.
"""
