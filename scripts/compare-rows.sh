# shellcheck shell=bash
# For the scripts that source this file.

# compare_rows FILE FILE: rows "path,class,label,probability," must have the same labels, and probabilities within 1e-5.
compare_rows() {
  awk -F, 'NR == FNR { row[$1] = $0; n++; next }
    FNR > 1 { split(row[$1], a); d = a[4] - $4; m++
      if (a[3] != $3 || d > 1e-5 || d < -1e-5) { print "differs: " row[$1] " and " $0; wrong = 1 } }
    END { exit wrong || m < 6 || n != m + 1 }' "$1" "$2"
}
