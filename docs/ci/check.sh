#!/bin/sh
# Judges the pages of a folder (uit/ unless another is named). Works on any build
# server, and as a git hook: copy it to .git/hooks/pre-commit.
set -eu
pages=${1:-uit/}

code=0
belfort validate "$pages" --quiet --output belfort.html || code=$?
case $code in
0) echo "Geen overtredingen in $pages" ;;
1) echo "Er zijn overtredingen; zie belfort.html" ;;
2) echo "Niet alles was te lezen" ;;
3) echo "Het gevraagde niveau is niet behaald" ;;
esac
exit $code
