package vlaanderen

import (
	"bytes"
	"html"
	"text/template"
)

// The templates write one blad each in the manner of their platform. They use text/template: what
// stands in attributes such as resource is none of the kinds that html/template knows.
var sjablonen = template.Must(template.New("").Funcs(template.FuncMap{"h": html.EscapeString}).Parse(`
{{define "naamruimten"}}besluit: http://data.vlaanderen.be/ns/besluit# eli: http://data.europa.eu/eli/ontology# prov: http://www.w3.org/ns/prov# mandaat: http://data.vlaanderen.be/ns/mandaat# lblodBesluit: http://lblod.data.gift/vocabularies/besluit/{{end}}

{{define "kop"}}<title>{{h .Titel}}</title>{{if .Canoniek}}<link rel="canonical" href="{{h .Canoniek}}">{{end}}<link rel="stylesheet" href="/stijl.css">{{end}}

{{/* stadsweb: a document around a sitting, absolute names, literals in content, a vocab that turns rel values into terms */}}
{{define "stadsweb"}}<!DOCTYPE html>
<html lang="nl"><head><meta charset="utf-8">{{template "kop" .}}</head>
<body><div vocab="http://data.vlaanderen.be/ns/besluit#" prefix="{{template "naamruimten"}} besluitDocumentType: https://data.vlaanderen.be/id/concept/BesluitDocumentType/ foaf: http://xmlns.com/foaf/0.1/">
<div typeof="foaf:Document {{h .Type}}" resource="{{h .Doc}}"><span property="eli:date_publication" datatype="xsd:date" content="{{.Datum}}"></span></div>
<div class="meeting" typeof="Zitting" resource="{{h .Zitting}}"><div property="{{.Heeft}}" resource="{{h .Doc}}"></div>
<h1>{{h .Titel}}</h1>
<span property="isGehoudenDoor" typeof="Bestuursorgaan" resource="{{h .Orgaan}}"><span property="skos:prefLabel">{{h .OrgaanNaam}}</span>
<span property="mandaat:isTijdspecialisatieVan" typeof="Bestuursorgaan" resource="{{h .Abstract}}"><span property="bestuurt" typeof="Bestuurseenheid" resource="{{h .Eenheid}}"><span property="skos:prefLabel" content="{{h .Naam}}"></span></span></span></span>
<span property="geplandeStart" datatype="xsd:dateTime" content="{{.Gepland}}">om half acht</span>
<span property="prov:atLocation" datatype="xsd:string">{{h .Locatie}}</span>
{{if .Besproken}}<span property="prov:startedAtTime" datatype="xsd:dateTime" content="{{.Begin}}"></span><span property="prov:endedAtTime" datatype="xsd:dateTime" content="{{.Einde}}"></span>{{end}}
<ol>{{$b := .}}{{range .Punten}}<li property="behandelt" typeof="Agendapunt" resource="{{h .IRI}}"><h2 property="dc:title" datatype="xsd:string">{{h .Titel}}</h2><span property="geplandOpenbaar" datatype="xsd:boolean" content="{{.Openbaar}}"></span></li>
{{if .Behandeling}}<li typeof="BehandelingVanAgendapunt" resource="{{h .Behandeling}}"><span property="openbaar" datatype="xsd:boolean" content="{{.Openbaar}}"></span><span property="dc:subject" resource="{{h .IRI}}"></span>
{{if .Stemming}}<div property="heeftStemming" typeof="Stemming" resource="{{h .Stemming}}"><span property="onderwerp" lang="nl" content="{{h .Titel}}"></span><span property="gevolg" lang="nl">{{h .Gevolg}}</span>
{{if $b.Voluit}}<span property="geheim" datatype="xsd:boolean" content="{{.Geheim}}"></span><span property="aantalVoorstanders" datatype="xsd:integer" content="{{.Voor}}"></span><span property="aantalTegenstanders" datatype="xsd:integer" content="{{.Tegen}}"></span><span property="aantalOnthouders" datatype="xsd:integer" content="{{.Onthouden}}"></span>{{range .VoorLeden}}<span property="heeftVoorstander" resource="{{h .}}"></span>{{end}}{{range .TegenLeden}}<span property="heeftTegenstander" resource="{{h .}}"></span>{{end}}{{end}}</div>{{end}}
{{if .Besluit}}<div property="prov:generated" typeof="Besluit" resource="{{h .Besluit}}"><span property="eli:title" datatype="xsd:string">{{h .Titel}}</span><span property="eli:description" datatype="xsd:string" content="{{h .Beschrijving}}"></span><span property="eli:date_publication" datatype="xsd:date" content="{{$b.Datum}}"></span>
{{if .Motivering}}<p property="motivering" lang="nl">{{h .Motivering}}</p>{{end}}{{range .Artikels}}<div property="eli:has_part" typeof="Artikel" resource="{{h .IRI}}"><b property="eli:number" datatype="xsd:string">{{h .Nr}}</b><p property="prov:value" datatype="xsd:string">{{h .Inhoud}}</p></div>{{end}}</div>{{end}}</li>{{end}}
{{end}}</ol></div><a href="https://www.voorbeeld.example/" rel="noopener noreferrer">Terug</a></div></body></html>
{{end}}

{{/* burgerblad: names without a scheme, text in elements, hidden spans */}}
{{define "burgerblad"}}<!DOCTYPE html>
<html lang="nl"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">{{template "kop" .}}</head>
<body prefix="{{template "naamruimten"}} dct: http://purl.org/dc/terms/"><form action="/zoek;jsessionid=~SESSIE~"><input name="q"></form>
<div resource="{{h .Doc}}" typeof="foaf:Document {{h .Type}}"><span property="dct:type" resource="{{h .Type}}"></span><span property="eli:date_publication" datatype="xsd:date">{{.Datum}}</span></div>
<div id="zitting" typeof="besluit:Zitting" resource='{{h .Zitting}}'>
<span property="besluit:{{.Heeft}}" typeof="foaf:Document" resource="{{h .Doc}}"></span>
<span property="besluit:isGehoudenDoor" typeof="besluit:Bestuursorgaan" resource='{{h .Orgaan}}'><span property="skos:prefLabel" datatype="http://www.w3.org/2000/01/rdf-schema#Literal">{{h .OrgaanNaam}}</span><span property="besluit:bestuurt" typeof="besluit:Bestuurseenheid" resource="{{h .Eenheid}}"><span property="skos:prefLabel">{{h .Naam}}</span></span></span>
Start: <span property="besluit:geplandeStart" datatype="xsd:dateTime">{{.Gepland}}</span>, <span property="prov:atLocation" datatype="xsd:string">{{h .Locatie}}</span>
{{if .Besproken}}<span property="prov:startedAtTime" datatype="xsd:dateTime">{{.Begin}}</span> <span property="prov:endedAtTime" datatype="xsd:dateTime">{{.Einde}}</span>{{end}}
{{$b := .}}{{range .Punten}}<div href="#punt{{.Nr}}" property="besluit:behandelt" typeof="besluit:Agendapunt" resource="{{h .IRI}}"><span property="dct:title" datatype="xsd:string">{{h .Titel}}</span><span property="besluit:geplandOpenbaar" datatype="xsd:boolean" content="{{.Openbaar}}"></span></div>
{{if .Behandeling}}<div typeof="besluit:BehandelingVanAgendapunt" resource='{{h .Behandeling}}'><span property="besluit:openbaar" datatype="xsd:boolean" content="{{.Openbaar}}"></span><span property="dct:subject" typeof="besluit:Agendapunt" resource="{{h .IRI}}"></span>
{{if .Besluit}}<div property="prov:generated" typeof="besluit:Besluit " resource="{{h .Besluit}}"><span property="eli:title" datatype="xsd:string">{{h .Titel}}</span>: <span property="eli:description" datatype="xsd:string">{{h .Beschrijving}}</span> <span property="eli:date_publication" datatype="xsd:date">{{$b.Datum}}</span>
{{if .Motivering}}<div property="besluit:motivering" lang="nl">{{h .Motivering}}</div>{{end}}{{range .Artikels}}<div property="eli:has_part" typeof="besluit:Artikel" resource="{{h .IRI}}"><span property="eli:number" datatype="xsd:string">{{h .Nr}}</span> <span property="prov:value" datatype="xsd:string">{{h .Inhoud}}</span></div>{{end}}</div>{{end}}
{{if .Stemming}}<p property="besluit:heeftStemming" typeof="besluit:Stemming" resource='{{h .Stemming}}'><span property="besluit:onderwerp" lang="nl">{{h .Titel}}</span> <span property="besluit:gevolg" lang="nl">{{h .Gevolg}}</span>
{{if $b.Voluit}}<span property="besluit:geheim" datatype="xsd:boolean" content="{{.Geheim}}"></span> voor: <span property="besluit:aantalVoorstanders" datatype="xsd:integer">{{.Voor}}</span>, tegen: <span property="besluit:aantalTegenstanders" datatype="xsd:integer">{{.Tegen}}</span>, onthouden: <span property="besluit:aantalOnthouders" datatype="xsd:integer">{{.Onthouden}}</span>{{range .VoorLeden}}<span property="besluit:heeftVoorstander" resource="{{h .}}"></span>{{end}}{{range .TegenLeden}}<span property="besluit:heeftTegenstander" resource="{{h .}}"></span>{{end}}{{end}}</p>{{end}}</div>{{end}}
{{end}}</div><p>~TELLER~ keer bekeken</p></body></html>
{{end}}

{{/* jaarboek: XHTML manners, meta elements in the body, xml:lang */}}
{{define "jaarboek"}}<?xml version="1.0"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="nl"><head>{{template "kop" .}}</head>
<body><div class="body_content" prefix="{{template "naamruimten"}} dct: http://purl.org/dc/terms/"><a href="/LBLODWeb/(S(~SESSIE~))/Home">Start</a>
<div resource="{{h .Doc}}" typeof="foaf:Document"><meta property="dct:type" resource="{{h .Type}}" /><meta property="eli:date_publication" content="{{.Datum}}" datatype="xsd:date" /></div>
<div class="bestuurseenheid" typeof="besluit:Bestuurseenheid" resource="{{h .Eenheid}}"><div property="skos:prefLabel" datatype="rdfs:Literal">{{h .Naam}}</div></div>
<div class="SoortZitting" typeof="besluit:Bestuursorgaan" resource="{{h .Orgaan}}"><meta property="besluit:bestuurt" resource="{{h .Eenheid}}" /><div property="skos:prefLabel" datatype="rdfs:Literal">{{h .OrgaanNaam}}</div><meta property="mandaat:isTijdspecialisatieVan" resource="{{h .Abstract}}" /></div>
<div class="zitting" typeof="besluit:Zitting" resource="{{h .Zitting}}" style="margin-bottom:1em;">
<meta property="besluit:{{.Heeft}}" resource="{{h .Doc}}" />
<span property="besluit:isGehoudenDoor" resource="{{h .Orgaan}}">{{h .OrgaanNaam}}</span> <span property="besluit:geplandeStart" content="{{.Gepland}}" datatype="xsd:dateTime"></span><span property="prov:atLocation" datatype="xsd:string">{{h .Locatie}}</span>
{{if .Besproken}}<meta property="prov:startedAtTime" content="{{.Begin}}" datatype="xsd:dateTime" /><meta property="prov:endedAtTime" content="{{.Einde}}" datatype="xsd:dateTime" />{{end}}
{{range .Punten}}<div property="besluit:behandelt" typeof="besluit:Agendapunt" resource="{{h .IRI}}"><h3 property="dc:title">{{h .Titel}}</h3><meta property="besluit:geplandOpenbaar" content="{{.Openbaar}}" datatype="xsd:boolean" /></div>{{end}}</div>
{{$b := .}}{{range .Punten}}{{if .Behandeling}}<div typeof="besluit:BehandelingVanAgendapunt" resource="{{h .Behandeling}}"><meta property="dc:subject" resource="{{h .IRI}}" /><meta property="besluit:openbaar" content="{{.Openbaar}}" datatype="xsd:boolean" />
{{if .Besluit}}<div property="prov:generated" typeof="besluit:Besluit" resource="{{h .Besluit}}"><h4 property="eli:title">{{h .Titel}}</h4><meta property="eli:description" content="{{h .Beschrijving}}" /><meta property="eli:date_publication" content="{{$b.Datum}}" datatype="xsd:date" />
{{if .Motivering}}<div property="besluit:motivering" xml:lang="nl">{{h .Motivering}}</div>{{end}}{{range .Artikels}}<div property="eli:has_part" typeof="besluit:Artikel" resource="{{h .IRI}}"><span property="eli:number">{{h .Nr}}</span><div property="prov:value">{{h .Inhoud}}</div></div>{{end}}</div>{{end}}
{{if .Stemming}}<div class="stemming_content" property="besluit:heeftStemming" typeof="besluit:Stemming" resource="{{h .Stemming}}"><span style="display:none" property="besluit:onderwerp" content="{{h .Titel}}" xml:lang="nl"></span><span property="besluit:gevolg" xml:lang="nl">{{h .Gevolg}}</span>
{{if $b.Voluit}}<span property="besluit:geheim" content="{{.Geheim}}" datatype="xsd:boolean"></span><ul><li>Voor: {{range .VoorLeden}}<span property="besluit:heeftVoorstander" resource="{{h .}}"></span>{{end}} Totaal: <span property="besluit:aantalVoorstanders" content="{{.Voor}}" datatype="xsd:integer">{{.Voor}}</span></li><li>Tegen: {{range .TegenLeden}}<span property="besluit:heeftTegenstander" resource="{{h .}}"></span>{{end}} Totaal: <span property="besluit:aantalTegenstanders" content="{{.Tegen}}" datatype="xsd:integer">{{.Tegen}}</span></li><li>Onthouding: <span property="besluit:aantalOnthouders" content="{{.Onthouden}}" datatype="xsd:integer">{{.Onthouden}}</span></li></ul>{{end}}</div>{{end}}</div>{{end}}{{end}}
</div></body></html>
{{end}}

{{/* notuleerhulp: handlings first, the sitting joined by about, full IRIs as types */}}
{{define "notuleerhulp"}}<!DOCTYPE html>
<html lang="nl"><head><meta charset="utf-8">{{template "kop" .}}</head>
<body><article prefix="{{template "naamruimten"}} ext: http://mu.semte.ch/vocabularies/ext/"><div resource="{{h .Doc}}" typeof="{{h .Type}} foaf:Document"><span property="eli:date_publication" content="{{.Datum}}" datatype="xsd:date">{{.Datum}}</span></div>
<section typeof="http://data.vlaanderen.be/ns/besluit#Zitting" resource="{{h .Zitting}}"><span property="besluit:isGehoudenDoor" resource="{{h .Orgaan}}" typeof="besluit:Bestuursorgaan"><span property="skos:prefLabel" content="{{h .OrgaanNaam}}"></span></span><span property="besluit:geplandeStart" content="{{.Gepland}}" datatype="xsd:dateTime"></span><span property="prov:atLocation">{{h .Locatie}}</span>
<span property="besluit:{{.Heeft}}" resource="{{h .Doc}}"></span>{{if .Besproken}}<span property="prov:startedAtTime" content="{{.Begin}}" datatype="xsd:dateTime"></span><span property="prov:endedAtTime" content="{{.Einde}}" datatype="xsd:dateTime"></span>{{end}}</section>
{{$b := .}}{{range .Punten}}<div resource="{{h .IRI}}" typeof="besluit:Agendapunt"><h3 property="http://purl.org/dc/terms/title">{{h .Titel}}</h3><span property="besluit:geplandOpenbaar" datatype="xsd:boolean" content="{{.Openbaar}}"></span></div><span about="{{h $b.Zitting}}" property="besluit:behandelt" resource="{{h .IRI}}"></span>
{{if .Behandeling}}<div resource="{{h .Behandeling}}" typeof="besluit:BehandelingVanAgendapunt"><span property="http://purl.org/dc/terms/subject" resource="{{h .IRI}}"></span><span property="besluit:openbaar" datatype="xsd:boolean" content="{{.Openbaar}}"></span>
{{if .Besluit}}<div property="prov:generated" resource="{{h .Besluit}}" typeof="http://data.vlaanderen.be/ns/besluit#Besluit ext:BesluitKlassiekeStijl"><h3 property="eli:title">{{h .Titel}}</h3><p property="eli:description">{{h .Beschrijving}}</p><span property="eli:language" resource="http://publications.europa.eu/resource/authority/language/NLD" typeof="skos:Concept"></span><span property="eli:date_publication" content="{{$b.Datum}}" datatype="xsd:date"></span>
{{if .Motivering}}<div property="besluit:motivering" lang="nl">{{h .Motivering}}</div>{{end}}{{range .Artikels}}<div property="eli:has_part" resource="{{h .IRI}}" typeof="besluit:Artikel"><div property="eli:number">{{h .Nr}}</div><div property="prov:value">{{h .Inhoud}}</div></div>{{end}}</div>{{end}}
{{if .Stemming}}<div typeof="http://data.vlaanderen.be/ns/besluit#Stemming" resource="{{h .Stemming}}" property="besluit:heeftStemming"><p>Onderwerp: <span property="besluit:onderwerp">{{h .Titel}}</span></p><p>Gevolg: <span property="besluit:gevolg">{{h .Gevolg}}</span></p>
{{if $b.Voluit}}<span property="besluit:geheim" content="{{.Geheim}}" datatype="xsd:boolean"></span><span property="besluit:aantalVoorstanders" content="{{.Voor}}" datatype="xsd:integer">{{.Voor}}</span><span property="besluit:aantalTegenstanders" content="{{.Tegen}}" datatype="xsd:integer">{{.Tegen}}</span><span property="besluit:aantalOnthouders" content="{{.Onthouden}}" datatype="xsd:integer">{{.Onthouden}}</span>{{range .VoorLeden}}<a property="besluit:heeftVoorstander" href="{{h .}}">lid</a>{{end}}{{range .TegenLeden}}<a property="besluit:heeftTegenstander" href="{{h .}}">lid</a>{{end}}{{end}}</div>{{end}}</div>{{end}}
{{end}}</article></body></html>
{{end}}

{{/* prikbord: blank nodes for items, the charset in a meta element only */}}
{{define "prikbord"}}<!DOCTYPE html>
<html lang="nl"><head><meta charset="windows-1252">{{template "kop" .}}</head>
<body><div vocab="http://data.vlaanderen.be/ns/besluit#" prefix="{{template "naamruimten"}}">
<div typeof="foaf:Document {{h .Type}}" resource="{{h .Doc}}"><span property="eli:date_publication" datatype="xsd:date" content="{{.Datum}}"></span></div>
<div typeof="besluit:Zitting" resource="{{h .Zitting}}" class="opendata-meeting"><div property="besluit:{{.Heeft}}" resource="{{h .Doc}}" class="opendata-document"></div>
<span property="besluit:isGehoudenDoor" typeof="besluit:Bestuursorgaan" resource="{{h .Orgaan}}"><span property="mandaat:isTijdspecialisatieVan" typeof="besluit:Bestuursorgaan" resource="{{h .Abstract}}"><span property="skos:prefLabel" datatype="http://www.w3.org/2000/01/rdf-schema#Literal" content="{{h .OrgaanNaam}}"></span><span property="besluit:bestuurt" typeof="besluit:Bestuurseenheid" resource="{{h .Eenheid}}"></span></span></span>
<span property="besluit:geplandeStart" datatype="xsd:dateTime" content="{{.Gepland}}"></span><span property="prov:atLocation" datatype="xsd:string">{{h .Locatie}}</span>{{if .Besproken}}<span property="prov:startedAtTime" datatype="xsd:dateTime" content="{{.Begin}}"></span><span property="prov:endedAtTime" datatype="xsd:dateTime" content="{{.Einde}}"></span>{{end}}
{{$b := .}}{{range .Punten}}<div property="besluit:behandelt" typeof="besluit:Agendapunt"{{if $b.Besproken}} resource="{{h .IRI}}"{{end}}><h3 property="dc:title" datatype="xsd:string">{{h .Titel}}</h3><span property="besluit:geplandOpenbaar" datatype="xsd:boolean" content="{{.Openbaar}}"></span></div>{{end}}</div>
{{range .Punten}}{{if .Behandeling}}<div typeof="besluit:BehandelingVanAgendapunt" resource="{{h .Behandeling}}"><span property="dc:subject" resource="{{h .IRI}}"></span><span property="besluit:openbaar" datatype="xsd:boolean" content="{{.Openbaar}}"></span>
{{if .Stemming}}<div property="besluit:heeftStemming" typeof="besluit:Stemming" resource="{{h .Stemming}}"><span property="besluit:onderwerp" lang="nl">{{h .Titel}}</span><span property="besluit:gevolg" lang="nl">{{h .Gevolg}}</span>{{if $b.Voluit}}<span property="besluit:geheim" datatype="xsd:boolean" content="{{.Geheim}}"></span><b property="besluit:aantalVoorstanders" datatype="xsd:integer">{{.Voor}}</b><b property="besluit:aantalTegenstanders" datatype="xsd:integer">{{.Tegen}}</b><b property="besluit:aantalOnthouders" datatype="xsd:integer">{{.Onthouden}}</b>{{range .VoorLeden}}<i property="besluit:heeftVoorstander" resource="{{h .}}"></i>{{end}}{{range .TegenLeden}}<i property="besluit:heeftTegenstander" resource="{{h .}}"></i>{{end}}{{end}}</div>{{end}}
{{if .Besluit}}<div property="prov:generated" typeof="besluit:Besluit" resource="{{h .Besluit}}"><h4 property="eli:title" datatype="xsd:string">{{h .Titel}}</h4><p property="eli:description" datatype="xsd:string">{{h .Beschrijving}}</p><span property="eli:date_publication" datatype="xsd:date" content="{{$b.Datum}}"></span>{{if .Motivering}}<p property="besluit:motivering" lang="nl">{{h .Motivering}}</p>{{end}}{{range .Artikels}}<div property="eli:has_part" typeof="besluit:Artikel" resource="{{h .IRI}}"><h5 property="eli:number" datatype="xsd:string">{{h .Nr}}</h5><p property="prov:value" datatype="xsd:string">{{h .Inhoud}}</p></div>{{end}}</div>{{end}}</div>{{end}}
{{end}}</div></body></html>
{{end}}

{{/* raadpunt: names relative to the host, rel instead of property, a page of each sitting */}}
{{define "raadpunt"}}<!DOCTYPE html>
<html lang="nl"><head><meta charset="utf-8">{{template "kop" .}}</head>
<body prefix="{{template "naamruimten"}}"><nav><a href="/?PHPSESSID=~SESSIE~">Start</a></nav>
{{if .Doc}}<div about="{{h .Doc}}" typeof="foaf:Document {{h .Type}}"><span property="eli:date_publication" datatype="xsd:date" content="{{.Datum}}"></span></div>{{end}}
<div about="{{h .Zitting}}" typeof="besluit:Zitting">{{if .Doc}}<div rel="besluit:{{.Heeft}}" resource="{{h .Doc}}"></div>{{end}}
<div rel="besluit:isGehoudenDoor"><div about="{{h .Orgaan}}" typeof="besluit:Bestuursorgaan"><span property="skos:prefLabel">{{h .OrgaanNaam}}</span></div></div>
<span property="besluit:geplandeStart" datatype="xsd:dateTime" content="{{.Gepland}}"></span>
<span property="prov:atLocation">{{h .Locatie}}</span>
{{range .Links}}{{if not .Eigenschap}}<a property="lblodBesluit:linkToPublication" href="{{h .Href}}">{{.Tekst}}</a>{{else if eq .Eigenschap "heeftBesluitenlijst"}}<a rel="besluit:heeftBesluitenlijst" href="{{h .Href}}">{{.Tekst}}</a>{{else}}<a property="besluit:{{.Eigenschap}}" href="{{h .Href}}">{{.Tekst}}</a>{{end}}
{{end}}{{if .Besproken}}<span property="prov:startedAtTime" datatype="xsd:dateTime" content="{{.Begin}}"></span><span property="prov:endedAtTime" datatype="xsd:dateTime" content="{{.Einde}}"></span>{{end}}
{{range .Punten}}<div rel="besluit:behandelt"><div about="{{h .IRI}}" typeof="besluit:Agendapunt"><h3 property="dc:title">{{h .Titel}}</h3><span property="besluit:geplandOpenbaar" datatype="xsd:boolean" content="{{.Openbaar}}"></span></div></div>
{{end}}</div>
{{$b := .}}{{range .Punten}}{{if .Behandeling}}<div about="{{h .Behandeling}}" typeof="besluit:BehandelingVanAgendapunt"><span rel="dc:subject" resource="{{h .IRI}}"></span><span property="besluit:openbaar" datatype="xsd:boolean" content="{{.Openbaar}}"></span>
{{if .Besluit}}<div rel="prov:generated"><div about="{{h .Besluit}}" typeof="besluit:Besluit"><h4 property="eli:title">{{h .Titel}}</h4><p property="eli:description">{{h .Beschrijving}}</p><span property="eli:date_publication" datatype="xsd:date" content="{{$b.Datum}}"></span>{{if .Motivering}}<p property="besluit:motivering" xml:lang="nl" lang="nl">{{h .Motivering}}</p>{{end}}
{{range .Artikels}}<div rel="eli:has_part"><div about="{{h .IRI}}" typeof="besluit:Artikel"><b property="eli:number">{{h .Nr}}</b> <span property="prov:value">{{h .Inhoud}}</span></div></div>{{end}}</div></div>{{end}}
{{if .Stemming}}<div rel="besluit:heeftStemming"><div about="{{h .Stemming}}" typeof="besluit:Stemming"><span property="besluit:onderwerp" lang="nl">{{h .Titel}}</span><span property="besluit:gevolg" lang="nl">{{h .Gevolg}}</span>{{if $b.Voluit}}<span property="besluit:geheim" datatype="xsd:boolean" content="{{.Geheim}}"></span><span property="besluit:aantalVoorstanders" datatype="xsd:integer" content="{{.Voor}}"></span><span property="besluit:aantalTegenstanders" datatype="xsd:integer" content="{{.Tegen}}"></span><span property="besluit:aantalOnthouders" datatype="xsd:integer" content="{{.Onthouden}}"></span>{{range .VoorLeden}}<span rel="besluit:heeftVoorstander" resource="{{h .}}"></span>{{end}}{{range .TegenLeden}}<span rel="besluit:heeftTegenstander" resource="{{h .}}"></span>{{end}}{{end}}</div></div>{{end}}</div>{{end}}
{{end}}</body></html>
{{end}}
`))

// schrijf writes a page in the manner of its platform, in UTF-8.
func schrijf(b blad) []byte {
	var out bytes.Buffer
	if err := sjablonen.ExecuteTemplate(&out, b.Stijl, b); err != nil {
		panic(err) // a template that does not fit its data
	}
	return bytes.TrimLeft(out.Bytes(), "\n")
}
