package git

import (
	"path"
	"strings"
)

// UpkeepPatterns returns the table that says which files are upkeep: CI, build,
// packaging and dependencies. A pattern without a slash is matched with the
// file's name in any folder, one with a slash in the end holds all that lies
// below that folder of the root, and any other is matched with the whole path;
// "*" and "?" stand for anything but a slash. Letters match in their own case only.
//
// The table is read by method 1's indicator upkeep. It leans to files that exist
// for nothing else: a change to what is built counts as a change, not as upkeep.
func UpkeepPatterns() []string {
	return strings.Fields(`
		.github/workflows/ .github/actions/ .gitlab-ci.yml .gitlab/ci/ .travis.yml .circleci/
		.zuul.yaml .zuul.yml .zuul.d/ zuul.yaml zuul.yml zuul.d/ Jenkinsfile .jenkins/ appveyor.yml
		.appveyor.yml azure-pipelines.yml .azure-pipelines/ .cirrus.yml .drone.yml .woodpecker.yml
		.woodpecker/ .buildkite/ .semaphore/ .builds/ .build.yml bitbucket-pipelines.yml
		cloudbuild.yaml .prow/ .prow.yaml .ci/ .pre-commit-config.yaml .golangci.yml .golangci.yaml
		.readthedocs.yml .readthedocs.yaml codecov.yml .codecov.yml

		Makefile makefile GNUmakefile *.mk Makefile.am Makefile.in CMakeLists.txt *.cmake
		CMakePresets.json meson.build meson_options.txt meson.options configure configure.ac
		configure.in *.m4 autogen.sh SConstruct SConscript wscript BUILD BUILD.bazel WORKSPACE
		WORKSPACE.bazel MODULE.bazel *.bzl .bazelrc .bazelversion pom.xml build.xml build.gradle
		*.gradle *.gradle.kts gradle.properties gradlew gradlew.bat gradle/wrapper/* build.sbt
		Rakefile Justfile justfile Taskfile.yml Dockerfile Dockerfile.* *.Dockerfile .dockerignore
		Containerfile docker-compose.yml docker-compose.yaml compose.yaml Vagrantfile tox.ini
		noxfile.py build.zig Kbuild

		debian/ rpm/ *.spec snap/ snapcraft.yaml flake.nix default.nix shell.nix PKGBUILD
		setup.py setup.cfg pyproject.toml MANIFEST.in Cargo.toml package.json *.gemspec
		*.nuspec *.csproj *.vcxproj *.sln composer.json build.zig.zon *.cabal stack.yaml
		.goreleaser.yml .goreleaser.yaml bindep.txt

		go.mod go.sum go.work go.work.sum requirements.txt requirements*.txt *-requirements.txt
		upper-constraints.txt lower-constraints.txt constraints.txt Pipfile Pipfile.lock
		poetry.lock uv.lock pdm.lock Cargo.lock package-lock.json npm-shrinkwrap.json yarn.lock
		pnpm-lock.yaml bun.lock Gemfile Gemfile.lock composer.lock flake.lock mix.lock pubspec.lock
		gradle.lockfile packages.lock.json .gitmodules vendor/modules.txt vendor.conf glide.yaml
		glide.lock Gopkg.toml Gopkg.lock Godeps.json renovate.json .github/dependabot.yml
	`)
}

// upkeep is the table, sorted by how a pattern is looked up.
type upkeep struct {
	names   map[string]bool // whole names of files
	globs   []string        // patterns of names
	folders []string        // "debian/"
	paths   []string        // patterns of whole paths
}

func newUpkeep() *upkeep {
	u := &upkeep{names: map[string]bool{}}
	for _, p := range UpkeepPatterns() {
		switch {
		case strings.HasSuffix(p, "/"):
			u.folders = append(u.folders, p)
		case strings.Contains(p, "/"):
			u.paths = append(u.paths, p)
		case strings.ContainsAny(p, "*?["):
			u.globs = append(u.globs, p)
		default:
			u.names[p] = true
		}
	}
	return u
}

// holds reports whether a file is upkeep.
func (u *upkeep) holds(file string) bool {
	name := path.Base(file)
	if u.names[name] {
		return true
	}
	for _, f := range u.folders {
		if strings.HasPrefix(file, f) {
			return true
		}
	}
	for _, g := range u.globs {
		if ok, _ := path.Match(g, name); ok {
			return true
		}
	}
	for _, g := range u.paths {
		if ok, _ := path.Match(g, file); ok {
			return true
		}
	}
	return false
}
