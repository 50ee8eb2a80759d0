// Package parser reads SPARQL 1.1 Query and Update, the whole grammar (SPARQL
// 1.1 Query, section 19.8), by recursive descent straight into the algebra, as
// section 18.2 translates it. It checks what the grammar's notes ask: scopes of
// blank nodes, of AS, and of aggregates. It evaluates and optimises nothing.
package parser
