package forgetest_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/tributary-oss/tributary/forge/forgetest"
)

func ExampleBuild() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)

	names, err := forgetest.Build(filepath.Join(dir, "mapserver.git"), `
person ada = Ada Lovelace <ada@karst.example>
person bob = Bob <bob@moraine.example>

on main
commit fix1 2024-03-04 ada: Parse the header
  by bob
  write src/header.go 12
  Reviewed-by: bob
tag v1.0 2024-05-01 ada: Version 1.0
`)
	fmt.Println(names["fix1"], names["v1.0"] == names["fix1"], err)

	_, err = forgetest.Build(filepath.Join(dir, "other.git"), "on main\ncommit 2024-03-04 eve: Fix\n")
	fmt.Println(err)
	// Output:
	// f20b372c97ac6af6202e238ae166f8fa049e4724 true <nil>
	// history line 2: no person "eve"; write "person eve = Name <mail>" above
}
