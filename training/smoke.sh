#!/usr/bin/env bash
# Runs the commands of gpu.md in order, on a tiny sample and a processor: about six minutes.
# usage: training/smoke.sh PYTHON PARALLEL MT FOLDER
#   PYTHON    one with training/requirements.txt        PARALLEL  folder of fr-en.*.tsv.gz
#   MT        folder of flores-dev.fr-en.fr and so on   FOLDER    for all that is made
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1 parallel=$2 mt=$3 folder=$4
work=$folder/work device=$folder/device carry=$folder/carry out=$folder/out
export OMP_NUM_THREADS=1
rm -rf "$folder" && mkdir -p "$device/arrays"

echo "== 1. prepare and pack, here"
"$python" -m training.prepare --parallel "$parallel" --exclude "$mt"/*.fr "$mt"/*.zh "$mt"/*.en \
  --terms open research --way pretrained --vocabulary 8000 --work "$work" \
  --lines-per-source 200 --validation 20 --shard-tokens 100000
"$python" -m training.transfer pack --work "$work" --folder "$carry"

echo "== 2. main phase, on the training machine, in two calls"
cp "$carry"/0/* "$device/arrays/"
schedule="--batch-tokens 1500 --warmup-steps 20 --checkpoint-steps 1000 --threads 1"
"$python" -m training.train --work "$device" --minutes 0.5 $schedule
"$python" -m training.train --work "$device" --minutes 0.5 $schedule

echo "== 3. final phase, and what comes back"
"$python" -m training.train --work "$device" --minutes 0.5 --phase final $schedule
"$python" -m training.transfer split --work "$device" --folder "$out"

echo "== 4. package and evaluate, here"
"$python" -m training.transfer join --work "$work" --folder "$out"
"$python" -m training.package --work "$work" --mt "$mt" --limit 4 \
  --output "$folder/starter.argosmodel" | tail -n 3
"$python" -m training.evaluate "$folder/starter.argosmodel" --source "$mt/flores-dev.fr-en.fr" \
  --reference "$mt/flores-dev.fr-en.en" --limit 4 --samples 1 | head -n 12
