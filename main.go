// Belfort turns the decisions that Flemish municipalities publish as annotated
// HTML into linked open data, a searchable database and a notification to the
// government portal.
package main

import (
	"os"

	"github.com/belfort-lod/belfort/internal/app"
)

func main() { os.Exit(app.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
