package class

import (
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// Row is one line of the printed table.
type Row struct {
	Class    model.Class
	Why      string // one sentence
	Patterns []string
}

// Patterns returns the table of paths. Where several rows hold a path, the class
// that comes first in the order of model.Class has it.
//
//   - "name" is a file of this name in any folder;
//   - "name/" is all that lies below a folder of this name, at any depth, also
//     where the name has several parts;
//   - "/name/" is all that lies below this folder of the root;
//   - "folder/name" is a file by the last parts of its path.
//
// "*" and "?" stand for anything but a slash, "[0-9]" for one of a range and "[^0-9]" for one out of it. Letters
// match in their own case only.
func Patterns() []Row {
	return []Row{
		row(model.VendoredFiles, "folders that exist to hold other projects' files", `
			vendor/ node_modules/ bower_components/ jspm_packages/ third_party/ third-party/
			thirdparty/ Third_Party/ ThirdParty/ thirdParty/ 3rdparty/ 3rd_party/ 3rd-party/
			extern/ Godeps/_workspace/ Pods/ Carthage/ flow-typed/ xvba_modules/
			.yarn/releases/ .yarn/plugins/ .yarn/sdks/ .yarn/unplugged/`),
		row(model.VendoredFiles, "libraries as they were downloaded: minified, or with their version in the name", `
			*.min.js *-min.js *.min.css *-min.css jquery-[0-9]*.js jquery-ui-[0-9]*.js
			modernizr-[0-9]*.js knockout-[0-9]*.js cordova-[0-9]*.js`),
		row(model.VendoredFiles, "files that a toolchain copies into every project", `
			config.guess config.sub libtool.m4 ltoptions.m4 ltsugar.m4 ltversion.m4
			lt~obsolete.m4 ltmain.sh install-sh depcomp erlang.mk cpplint.py waf gradlew gradlew.bat mvnw
			mvnw.cmd dotnet-install.sh dotnet-install.ps1`),
		row(model.LockFiles, "exact versions or sums of dependencies, written by a package manager", `
			go.sum go.work.sum Gopkg.lock glide.lock Godeps/Godeps.json
			package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb deno.lock
			Cargo.lock composer.lock Gemfile.lock gems.locked Berksfile.lock Puppetfile.lock
			poetry.lock pdm.lock uv.lock pixi.lock pylock.toml Pipfile.lock conda-lock.yml
			mix.lock rebar.lock pubspec.lock shard.lock stack.yaml.lock cabal.project.freeze renv.lock
			esy.lock *.esy.lock jsonnetfile.lock.json flake.lock MODULE.bazel.lock gradle.lockfile packages.lock.json paket.lock
			conan.lock dub.selections.json Podfile.lock Package.resolved Cartfile.resolved
			Chart.lock buf.lock .terraform.lock.hcl`),
		row(model.TranslationFiles, "catalogues of messages by their format", `
			*.po *.pot *.xlf *.xliff *.arb *.xtb *.xcstrings *.lproj/*.strings *.lproj/*.stringsdict
			values-*/strings.xml values-*/plurals.xml messages_*.properties LC_MESSAGES/`),
		row(model.TestFiles, "folders of tests and their data", `
			test/ tests/ Test/ Tests/ testdata/ test-data/ test_data/ testsuite/ testsuites/ testcases/
			t/ e2e/ fixtures/ __tests__/ __mocks__/ __snapshots__/ __fixtures__/ unittests/ unit_tests/
			integration_tests/ integration-tests/ functional_tests/`),
		row(model.TestFiles, "names that tests have by custom where linguist has no rule", `
			*_test.py conftest.py *_test.c *_test.cc *_test.cpp *_unittest.cc *_unittest.py *Test.java
			*Tests.java *Test.kt *Tests.kt *Test.php *Tests.swift *Spec.scala *Test.scala *_test.exs
			*_test.erl *_SUITE.erl *_test.dart *.test.jsx *.spec.jsx *.test.mjs *.spec.mjs spec_helper.rb
			rails_helper.rb *.bats *.snap`),
		row(model.DocumentationFiles, "folders of documentation, whatever their files are written in", `
			/doc/ /docs/ /Doc/ /Docs/ /man/ /Man/ Documentation/ documentation/ javadoc/ Javadoc/
			groovydoc/ Groovydoc/ inst/doc/ /api-ref/ /releasenotes/ /release-notes/`),
		row(model.DocumentationFiles, "prose by its name", `
			README README.* Readme readme CHANGE CHANGES CHANGES.* CHANGELOG CHANGELOG.* ChangeLog ChangeLog.*
			COPYING COPYING.* LICENSE LICENSE.* LICENCE LICENCE.* License Licence license licence
			CONTRIBUTING INSTALL
			COPYRIGHT NOTICE PATENTS AUTHORS CONTRIBUTORS CREDITS THANKS MAINTAINERS HACKING NEWS TODO BUGS
			RelNotes ROADMAP DCO CITATION CITATION.* CITATIONS CITATIONS.* *.tex`),
		row(model.DocumentationFiles, "manual pages", `
			*[^0-9].[1-9] *[^0-9].[1-9].in *.mdoc *.man`),
		row(model.ConfigurationFiles, "lists of dependencies that end like prose", `
			requirements*.txt *requirements.txt *constraints.txt bindep.txt`),
		row(model.ConfigurationFiles, "settings and samples of settings that linguist does not know", `
			*.conf *.conf.sample *.conf.example *.ini.sample *.cfg.sample *.yaml.sample
			*.yml.sample *.yml.example *.yaml.example *.json.example *.env.example *.wrap *.pem *.crt *.key
			OWNERS OWNERS_ALIASES Procfile VERSION`),
	}
}

func row(class model.Class, why, patterns string) Row {
	return Row{Class: class, Why: why, Patterns: strings.Fields(patterns)}
}

// Mark is a line that a program writes into what it generates.
type Mark struct {
	Names []string // patterns of file names
	Lines int      // how many lines from the beginning may hold it
	Text  string   // part of the line
}

// Marks returns the marks of generated files that go-enry does not know.
func Marks() []Mark {
	return []Mark{
		{[]string{"aclocal.m4"}, 1, "generated automatically by aclocal"},
		{[]string{"configure"}, 5, "Generated by GNU Autoconf"},
		{[]string{"Makefile.in"}, 3, "generated by automake"},
		{[]string{"*.c", "*.h", "*.cc", "*.hh", "*.cpp", "*.hpp"}, 1, "A Bison parser, made by GNU Bison"},
		{[]string{"*.c", "*.h", "*.cc", "*.cpp"}, 10, "/* A lexical scanner generated by flex */"},
		{[]string{"*_pb2_grpc.py"}, 3, "Generated by the gRPC Python protocol compiler plugin. DO NOT EDIT!"},
	}
}

// Locales returns the two-letter codes of languages of ISO 639-1, and "qqq", under
// which MediaWiki keeps the description of messages.
func Locales() []string {
	return strings.Fields(`
		aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da
		de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz
		ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln
		lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi
		pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th
		ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu qqq`)
}
