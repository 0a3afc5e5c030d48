// Package fake is what forges that run inside tests have in common: a server on the
// loopback that notes its requests, breaks in the ways that a test asks for, has the
// test's clock, and limits its callers. What a forge says, and in which words, is the
// business of the packages that stand on this one: githubtest, gitlabtest, giteatest.
package fake
