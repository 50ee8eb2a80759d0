package oogst

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/belfort-lod/belfort/harvester"
	"github.com/belfort-lod/belfort/rdf"
)

// reasons are the ways in which fetching or reading a page fails, with what to
// tell people. Of the entries of one kind the first is what the kind says; the
// others, known by a sign in the text of the error, say it more exactly. Signs
// are also how an error is understood that came without a kind: one of
// net/http, whose causes are of types that are not exported, or of a visit by
// an earlier version. The first entry with a sign in the text counts. TestReason
// holds the texts of the standard library.
var reasons = []struct {
	kind  harvester.Failing
	signs []string
	text  rdf.Text
}{
	{harvester.FailedPrivate, []string{"prohibited IP", "prohibited network"}, rdf.Text{
		NL: "Dit adres ligt niet op het openbare web. Belfort bezoekt geen interne adressen.",
		EN: "This address is not on the public web. Belfort visits no internal addresses."}},
	{harvester.FailedPrivate, []string{"prohibited port"}, rdf.Text{
		NL: "Belfort bezoekt hier alleen de gewone poorten van het web, 80 en 443.",
		EN: "Belfort only visits the usual ports of the web here, 80 and 443."}},
	{harvester.FailedAddress, []string{"unsupported protocol scheme", "want an http or https address", "parse \"", "no Host in request URL", "invalid port"}, rdf.Text{
		NL: "Dit is geen adres van een webpagina. Een adres begint met https:// of http://.",
		EN: "This is not the address of a web page. An address begins with https:// or http://."}},
	{harvester.FailedRules, []string{"does not give its rules"}, rdf.Text{
		NL: "De website geeft haar robots.txt niet, en zonder die regels leest Belfort er niets.",
		EN: "The website does not give its robots.txt, and without those rules Belfort reads nothing there."}},
	{harvester.FailedRobots, []string{"robots.txt does not allow"}, rdf.Text{
		NL: "De website vraagt in robots.txt om deze pagina met rust te laten. Dat doet Belfort.",
		EN: "The website asks in robots.txt to leave this page alone. Belfort does so."}},
	{harvester.FailedSize, []string{"larger than the bound"}, rdf.Text{
		NL: "De pagina is te groot om te lezen.",
		EN: "The page is too large to read."}},
	{harvester.FailedTLS, []string{"x509:", "certificate", "tls: "}, rdf.Text{
		NL: "De beveiligde verbinding (TLS) lukt niet: het certificaat van de website is verlopen, onvolledig of van een andere naam.",
		EN: "The secure connection (TLS) fails: the certificate of the website has expired, is incomplete or has another name."}},
	{harvester.FailedTLS, []string{"server gave HTTP response to HTTPS client"}, rdf.Text{
		NL: "De website spreekt op dit adres geen https.",
		EN: "The website does not speak https at this address."}},
	{harvester.FailedDNS, []string{"no such host", "server misbehaving", "lookup "}, rdf.Text{
		NL: "De naam van deze website bestaat niet, of is nu niet op te zoeken (DNS).",
		EN: "The name of this website does not exist, or can not be looked up now (DNS)."}},
	{harvester.FailedTimeout, []string{"deadline exceeded", "timeout", "Timeout"}, rdf.Text{
		NL: "De website antwoordde niet binnen de tijd.",
		EN: "The website did not answer in time."}},
	{harvester.FailedConnection, []string{"connection reset", "EOF", "broken pipe", "malformed HTTP"}, rdf.Text{
		NL: "De website brak de verbinding af voor de pagina volledig was.",
		EN: "The website broke off the connection before the page was complete."}},
	{harvester.FailedConnection, []string{"connection refused", "no route to host", "network is unreachable"}, rdf.Text{
		NL: "De website neemt de verbinding niet aan.",
		EN: "The website does not accept the connection."}},
	{harvester.FailedHost, []string{"host does not answer", "nothing more is asked of this host"}, rdf.Text{
		NL: "De website antwoordt niet.",
		EN: "The website does not answer."}},
	{harvester.FailedLinks, []string{"more than the bound"}, rdf.Text{
		NL: "De pagina verwijst naar meer andere pagina's dan Belfort in één keer volgt.",
		EN: "The page leads to more other pages than Belfort follows at once."}},
	{harvester.FailedRedirect, []string{"redirect"}, rdf.Text{
		NL: "Het adres verwijst door naar een plaats die niet gevolgd wordt.",
		EN: "The address redirects to a place that is not followed."}},
	{harvester.FailedScript, []string{"built by JavaScript"}, rdf.Text{
		NL: "De pagina wordt pas in de browser opgebouwd met JavaScript. In wat de website stuurt, staat geen gelinkte data (RDFa).",
		EN: "The page is only built in the browser by JavaScript. What the website sends holds no linked data (RDFa)."}},
	{harvester.FailedEmpty, []string{"the page has no linked data"}, rdf.Text{
		NL: "Er staat geen gelinkte data (RDFa) op de pagina, en ze verwijst naar geen publicaties.",
		EN: "The page holds no linked data (RDFa), and leads to no publications."}},
	{harvester.FailedType, []string{"holds no linked data that is read here"}, rdf.Text{
		NL: "Dit is geen soort document dat hier gelezen wordt. Verwacht wordt HTML.",
		EN: "This is no kind of document that is read here. HTML is expected."}},
	{harvester.FailedSyntax, nil, rdf.Text{
		NL: "Wat er staat, is niet te ontleden.",
		EN: "What stands there can not be parsed."}},
	{harvester.FailedBudget, nil, rdf.Text{
		NL: "De ronde stopte aan haar grens voor deze pagina aan de beurt was.",
		EN: "The round ended at its bound before it was this page's turn."}},
	{harvester.FailedLogin, nil, rdf.Text{
		NL: "De website vraagt om aan te melden, en Belfort heeft daar geen (geldige) gegevens voor.",
		EN: "The website asks to sign in, and Belfort has no (valid) credentials for that."}},
}

// answered are statuses that have a reason of their own.
var answered = map[int]rdf.Text{
	401: {NL: "De pagina vraagt om aan te melden (401). Belfort leest alleen wat openbaar is.", EN: "The page asks to sign in (401). Belfort only reads what is public."},
	403: {NL: "De website weigert deze pagina te geven (403).", EN: "The website refuses to give this page (403)."},
	404: {NL: "De pagina bestaat niet (404).", EN: "The page does not exist (404)."},
	410: {NL: "De pagina is weggehaald (410).", EN: "The page was taken away (410)."},
	429: {NL: "De website vindt dat er te veel gevraagd wordt (429).", EN: "The website finds that too much is asked (429)."},
}

// unknown is said of what is none of them.
var unknown = rdf.Text{NL: "De pagina kon niet gelezen worden.", EN: "The page could not be read."}

// answer finds the status of a website at the end of an error.
var answer = regexp.MustCompile(`: (\d{3}) [A-Z][A-Za-z' -]*$`)

// KindOf finds the kind of a failure by the text of its error, for one that has
// none; status is that of the answer if it was one that is no success, else 0.
// "" if it can not be told.
func KindOf(failed string) (kind harvester.Failing, status int) {
	if strings.Contains(failed, "does not give its rules") { // whose own reason stands behind it
		return harvester.FailedRules, 0
	}
	if m := answer.FindStringSubmatch(failed); m != nil {
		status, _ = strconv.Atoi(m[1])
		return harvester.FailedStatus, status
	}
	if i := signed(failed, ""); i >= 0 {
		return reasons[i].kind, 0
	}
	return "", 0
}

// signed finds the first reason of a kind, "" for any, with a sign in the text;
// -1 if there is none.
func signed(failed string, kind harvester.Failing) int {
	for i, r := range reasons {
		if kind != "" && r.kind != kind {
			continue
		}
		for _, sign := range r.signs {
			if strings.Contains(failed, sign) {
				return i
			}
		}
	}
	return -1
}

// Why tells people why a page could not be fetched or read. kind may be "" and
// status 0 where they are not known: then the text of the error tells.
func Why(kind harvester.Failing, status int, failed string) rdf.Text {
	if kind == "" {
		kind, status = KindOf(failed)
	}
	if kind == harvester.FailedStatus {
		return ofStatus(status)
	}
	if i := signed(failed, kind); i >= 0 && kind != "" {
		return reasons[i].text
	}
	for _, r := range reasons {
		if r.kind == kind {
			return r.text
		}
	}
	return unknown
}

func ofStatus(status int) rdf.Text {
	if text, ok := answered[status]; ok {
		return text
	}
	if status >= http.StatusInternalServerError {
		return rdf.Text{NL: fmt.Sprintf("De website zelf heeft een storing (%d).", status), EN: fmt.Sprintf("The website itself is out of order (%d).", status)}
	}
	if status == 0 {
		return unknown
	}
	return rdf.Text{NL: fmt.Sprintf("De website antwoordde met status %d.", status), EN: fmt.Sprintf("The website answered with status %d.", status)}
}

// internal are the addresses of this machine and its name server that Go names
// in the text of an error: " on 10.0.0.2:53", "10.0.0.5:4711->1.2.3.4:443".
var internal = regexp.MustCompile(` on (?:[0-9.]+|\[[0-9a-fA-F:.%a-z]+\]):53\b|(?:[0-9]+(?:\.[0-9]+){3}|\[[0-9a-fA-F:.]+(?:%[^\]]*)?\])(?::\d+)?(?:->)?`)

// Public is the text of an error without the addresses of machines: fit to
// show, for those who want to know the technical side.
func Public(failed string) string {
	return strings.Join(strings.Fields(internal.ReplaceAllString(failed, " ")), " ")
}

// Detail is the technical side of a visit that failed, after its address, which
// stands above it.
func Detail(v harvester.Visit) string {
	_, text, ok := strings.Cut(v.Error, v.URL+": ")
	if !ok {
		text = v.Error
	}
	return Public(text)
}
