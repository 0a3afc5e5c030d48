package hosts_test

import (
	"context"
	"fmt"
	"log"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/hosts"
	"github.com/tributary-oss/tributary/model"
)

// The sources of all forges that some repositories are on, each with the token for its
// own host.
func ExampleOpen() {
	repositories := []model.Repository{{URL: "https://gitlab.com/group/project"}, {URL: "https://codeberg.org/owner/name"}, {URL: "https://github.com/owner/name"}}
	forges, err := hosts.Open(context.Background(), repositories, &hosts.Options{Servers: map[string]hosts.Server{
		"gitlab.com": {Tokens: []forge.TokenSource{forge.StaticToken("glpat-…")}},
	}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(forges.Hosts), "hosts are asked")
	fmt.Println("github.com:", forges.Silent["github.com"])
	// Output:
	// 2 hosts are asked
	// github.com: there is no token for GitHub; put one with the right to read into GITHUB_TOKEN, or use what is stored (--offline)
}

// What is not known by its name is known by what it answers.
func ExampleRecognise() {
	_, err := hosts.Recognise(context.Background(), model.Repository{URL: "/mirrors/project.git"}, nil)
	fmt.Println(err)
	// Output: /mirrors/project.git is no address on a host
}
