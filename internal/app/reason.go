package app

import (
	"regexp"
	"strings"

	"github.com/belfort-lod/belfort/rdf"
)

// failures are the ways in which fetching or reading a page fails, with what to
// tell people. The first whose sign stands in the text of the error counts:
// the evidence of a visit keeps the text alone, and net/http wraps its causes
// in types that are not exported. The texts of the standard library are held
// by TestReason.
var failures = []struct {
	signs []string
	text  rdf.Text
}{
	{[]string{"prohibited port"}, rdf.Text{
		NL: "Belfort bezoekt hier alleen de gewone poorten van het web, 80 en 443.",
		EN: "Belfort only visits the usual ports of the web here, 80 and 443."}},
	{[]string{"prohibited IP", "prohibited network"}, rdf.Text{
		NL: "Dit adres ligt niet op het openbare web. Belfort bezoekt geen interne adressen.",
		EN: "This address is not on the public web. Belfort visits no internal addresses."}},
	{[]string{"unsupported protocol scheme", "want an http or https address", "parse \"", "no Host in request URL", "invalid port"}, rdf.Text{
		NL: "Dit is geen adres van een webpagina. Een adres begint met https:// of http://.",
		EN: "This is not the address of a web page. An address begins with https:// or http://."}},
	{[]string{"robots.txt does not allow"}, rdf.Text{
		NL: "De website vraagt in robots.txt om deze pagina met rust te laten. Dat doet Belfort.",
		EN: "The website asks in robots.txt to leave this page alone. Belfort does so."}},
	{[]string{"larger than the bound"}, rdf.Text{
		NL: "De pagina is te groot om te lezen.",
		EN: "The page is too large to read."}},
	{[]string{"x509:", "certificate", "tls: "}, rdf.Text{
		NL: "De beveiligde verbinding (TLS) lukt niet: het certificaat van de website is verlopen, onvolledig of van een andere naam.",
		EN: "The secure connection (TLS) fails: the certificate of the website has expired, is incomplete or has another name."}},
	{[]string{"server gave HTTP response to HTTPS client"}, rdf.Text{
		NL: "De website spreekt op dit adres geen https.",
		EN: "The website does not speak https at this address."}},
	{[]string{"no such host", "server misbehaving", "lookup "}, rdf.Text{
		NL: "De naam van deze website bestaat niet, of is nu niet op te zoeken (DNS).",
		EN: "The name of this website does not exist, or can not be looked up now (DNS)."}},
	{[]string{"deadline exceeded", "timeout", "Timeout"}, rdf.Text{
		NL: "De website antwoordde niet binnen de tijd.",
		EN: "The website did not answer in time."}},
	{[]string{"connection refused", "no route to host", "network is unreachable"}, rdf.Text{
		NL: "De website neemt de verbinding niet aan.",
		EN: "The website does not accept the connection."}},
	{[]string{"connection reset", "EOF", "broken pipe", "malformed HTTP"}, rdf.Text{
		NL: "De website brak de verbinding af voor de pagina volledig was.",
		EN: "The website broke off the connection before the page was complete."}},
	{[]string{"host does not answer"}, rdf.Text{
		NL: "De website antwoordt niet.",
		EN: "The website does not answer."}},
	{[]string{"more than the bound"}, rdf.Text{
		NL: "De pagina verwijst naar meer andere pagina's dan Belfort in één keer volgt.",
		EN: "The page leads to more other pages than Belfort follows at once."}},
	{[]string{"redirect"}, rdf.Text{
		NL: "Het adres verwijst door naar een plaats die niet gevolgd wordt.",
		EN: "The address redirects to a place that is not followed."}},
	{[]string{"the page has no linked data"}, rdf.Text{
		NL: "Er staat geen gelinkte data (RDFa) op de pagina, en ze verwijst naar geen publicaties.",
		EN: "The page holds no linked data (RDFa), and leads to no publications."}},
	{[]string{"holds no linked data that is read here"}, rdf.Text{
		NL: "Dit is geen soort document dat hier gelezen wordt. Verwacht wordt HTML.",
		EN: "This is no kind of document that is read here. HTML is expected."}},
}

// answered are statuses that have a reason of their own.
var answered = map[string]rdf.Text{
	"401": {NL: "De pagina vraagt om aan te melden (401). Belfort leest alleen wat openbaar is.", EN: "The page asks to sign in (401). Belfort only reads what is public."},
	"403": {NL: "De website weigert deze pagina te geven (403).", EN: "The website refuses to give this page (403)."},
	"404": {NL: "De pagina bestaat niet (404).", EN: "The page does not exist (404)."},
	"410": {NL: "De pagina is weggehaald (410).", EN: "The page was taken away (410)."},
	"429": {NL: "De website vindt dat er te veel gevraagd wordt (429).", EN: "The website finds that too much is asked (429)."},
}

// status finds the answer of a website at the end of an error.
var status = regexp.MustCompile(`: (\d{3}) [A-Z][A-Za-z' -]*$`)

// reason tells a visitor why a page could not be fetched or read.
func reason(failed string) rdf.Text {
	if strings.Contains(failed, "does not give its rules") {
		return rdf.Text{
			NL: "De website geeft haar robots.txt niet, en zonder die regels leest Belfort er niets.",
			EN: "The website does not give its robots.txt, and without those rules Belfort reads nothing there."}
	}
	if m := status.FindStringSubmatch(failed); m != nil {
		if text, ok := answered[m[1]]; ok {
			return text
		}
		if m[1] >= "500" {
			return rdf.Text{NL: "De website zelf heeft een storing (" + m[1] + ").", EN: "The website itself is out of order (" + m[1] + ")."}
		}
		return rdf.Text{NL: "De website antwoordde met status " + m[1] + ".", EN: "The website answered with status " + m[1] + "."}
	}
	for _, f := range failures {
		for _, sign := range f.signs {
			if strings.Contains(failed, sign) {
				return f.text
			}
		}
	}
	return rdf.Text{NL: "De pagina kon niet gelezen worden.", EN: "The page could not be read."}
}

// internal are the addresses of this machine and its name server that Go names
// in the text of an error: " on 10.0.0.2:53", "10.0.0.5:4711->1.2.3.4:443".
var internal = regexp.MustCompile(` on (?:[0-9.]+|\[[0-9a-fA-F:.%a-z]+\]):53\b|(?:[0-9]+(?:\.[0-9]+){3}|\[[0-9a-fA-F:.]+(?:%[^\]]*)?\])(?::\d+)?(?:->)?`)

// public is the text of an error without the addresses of machines: fit to
// show, for those who want to know the technical side.
func public(failed string) string {
	return strings.Join(strings.Fields(internal.ReplaceAllString(failed, " ")), " ")
}
