#!/bin/bash -eu
# For OSS-Fuzz, inside its image: compiler, flags and the library with the main function are in the environment.
cmake -S . -B build/oss-fuzz -G Ninja -D CMAKE_BUILD_TYPE=RelWithDebInfo -D GFNET_FUZZ=ON
cmake --build build/oss-fuzz --target fuzz_targets
python3 tests/fuzz/make_seeds.py build/oss-fuzz/seeds
for program in build/oss-fuzz/bin/fuzz_*; do
  name=$(basename "$program")
  cp "$program" "$OUT/"
  (cd "build/oss-fuzz/seeds/${name#fuzz_}" && zip -q -r "$OUT/${name}_seed_corpus.zip" .)
  if [[ -e tests/fuzz/dictionaries/${name#fuzz_}.dict ]]; then
    cp "tests/fuzz/dictionaries/${name#fuzz_}.dict" "$OUT/$name.dict"
  fi
done
