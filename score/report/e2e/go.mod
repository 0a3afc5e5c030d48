// This module holds what the test in a real browser needs and the library does not.
module github.com/tributary-oss/tributary/score/report/e2e

go 1.26.0

replace github.com/tributary-oss/tributary => ../../..

require (
	github.com/chromedp/cdproto v0.159.0
	github.com/chromedp/chromedp v0.23.0
	github.com/stretchr/testify v1.12.1
)

require (
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
)
