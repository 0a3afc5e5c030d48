// Package serve gives the ranking of tenders to spreadsheets whose cells pull it over HTTP:
// WEBSERVICE of Excel and LibreOffice, IMPORTDATA of Google Sheets, and Power Query.
//
// These clients cannot send headers, so that an address holds what gives access: a token that
// nobody can guess, that expires and can be revoked, and that no log holds. Clients that can
// send headers use a bearer token. Everything is only read; what is served of a folder comes
// from its ranking.json alone, read whole, so that no request names a file.
//
// openapi.json beside this file describes every address, and a test holds it true.
package serve
