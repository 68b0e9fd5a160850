#!/usr/bin/env bash
# Cuts the site's fonts out of Archivo's variable fonts: only the widths and weights that tokens.css declares,
# only the signs of Western Europe in what every page loads. Run it after a change of either, from anywhere;
# needs npm and python3. Archivo's licence (OFL 1.1, no reserved name) lets us; OFL.txt travels with the files.
#
#   archivo-text      words at the ordinary width
#   archivo-numbers   condensed figures, and what stands between them
#   archivo-letters   condensed letters: row letters, names as posters
#   archivo-ext       all other Latin letters, at every width
set -euo pipefail
cd "$(dirname "$0")/../static/fonts"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

npm pack --silent --pack-destination "$work" @fontsource-variable/archivo@5.3.0 >/dev/null
tar -xzf "$work"/fontsource-variable-archivo-*.tgz -C "$work"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q fonttools==4.60.1 brotli==1.2.0

numbers=U+0020,U+0025,U+0028-0029,U+002B-003A,U+00A0,U+00B7,U+2013,U+202F,U+20AC,U+2212
letters=U+0021-0024,U+0026-0027,U+002A,U+003B-007E,U+00A1-00B6,U+00B8-00FF,U+0131,U+0152-0153,U+0178,U+2014
letters+=,U+2018-201E,U+2022,U+2026,U+2032-2033,U+2039-203A,U+2122,U+2191,U+2193
ext=U+0100-0130,U+0132-0151,U+0154-0177,U+0179-02BA,U+02BD-02C5,U+02C7-02D7,U+02DD-02FF,U+0304,U+0308,U+0329
ext+=,U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF

# cut NAME SOURCE SIGNS AXES… : an axis is pinned (wght=800) or narrowed (wdth=62:DEFAULT:75).
cut() {
  local name=$1 source=$2 signs=$3
  shift 3
  "$work/venv/bin/fonttools" varLib.instancer -q "$work/package/files/archivo-$source-wdth-normal.woff2" "$@" \
    -o "$work/$name.ttf"
  "$work/venv/bin/pyftsubset" "$work/$name.ttf" --unicodes="$signs" --layout-features=kern,mark,mkmk,ccmp,locl,tnum \
    --flavor=woff2 --output-file="archivo-$name.woff2"
}

cut text latin "$numbers,$letters" wght=400:800 wdth=100
cut numbers latin "$numbers" wght=800 wdth=62:75:75
cut letters latin "$letters" wght=800 wdth=62:75:75
cut ext latin-ext "$ext" wght=400:800 wdth=62:100
ls -l archivo-*.woff2
