// Package graphql executes queries over what a test wrote down, for fake forges: objects
// that answer their fields by functions, connections that page through lists by cursors
// that stay valid when items move, and the JSON of answers and errors. It holds queries to a
// published schema; what a query may cost is each forge's own business.
package graphql
