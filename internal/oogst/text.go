package oogst

import (
	"fmt"
	"time"

	"github.com/belfort-lod/belfort/rdf"
)

var maanden = [...]string{"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"}

// Day writes a day in Flanders, in both languages; "" for the zero time.
func Day(t time.Time) rdf.Text {
	if t.IsZero() {
		return rdf.Text{}
	}
	t = t.In(brussel)
	return rdf.Text{NL: fmt.Sprintf("%d %s %d", t.Day(), maanden[t.Month()-1], t.Year()), EN: t.Format("2 January 2006")}
}

// words are what is said of a kind of problem. In the title, {n} stands for the
// count, {s} for what it is about.
type words struct {
	one, more              rdf.Text // titles, for a count of one and of more
	meaning                rdf.Text
	official, municipality rdf.Text
}

func text(nl, en string) rdf.Text { return rdf.Text{NL: nl, EN: en} }

// say gives a problem its words.
func (p *Problem) say() {
	w := said(*p)
	p.Title, p.Meaning, p.Official, p.Municipality = w.more, w.meaning, w.official, w.municipality
	if p.Count == 1 && w.one != (rdf.Text{}) {
		p.Title = w.one
	}
}

// count writes a title with the count in front.
func count(p Problem, nl, en string) rdf.Text {
	return text(fmt.Sprintf("%d %s", p.Count, nl), fmt.Sprintf("%d %s", p.Count, en))
}

// Advice that several kinds share.
var (
	askMunicipality = text("Vraag het bestuur of zijn leverancier om dit te herstellen. Raadpleeg intussen de website van het bestuur zelf.",
		"Ask the government or its vendor to mend this. Meanwhile consult the website of the government itself.")
	consult = text("Ga ervan uit dat hier iets ontbreekt, en raadpleeg ook de website van het bestuur zelf.",
		"Assume that something is missing here, and consult the website of the government itself as well.")
	indicative = text(" De termijn is indicatief, berekend uit de gelezen data.", " The term is indicative, computed from the data that was read.")
)

func said(p Problem) words {
	since := Day(p.Since)
	switch p.Kind {
	case Never:
		return words{
			more:         text("Deze bron is nog niet volledig gelezen", "This source was not read to the end yet"),
			meaning:      text("De eerste ronde moet nog beginnen, is nog bezig of werd afgebroken. Wat er gepubliceerd is, staat hier nog niet of maar ten dele.", "The first round has yet to begin, is under way or was cut off. What was published is not here yet, or only in part."),
			official:     text("Wacht tot de eerste ronde voorbij is. Duurt dat langer dan een dag, meld het dan aan de beheerder.", "Wait until the first round is over. If that takes longer than a day, tell the operator."),
			municipality: text("U hoeft niets te doen.", "You need not do anything."),
		}
	case Down:
		return words{
			more:         text(fmt.Sprintf("De website %s antwoordt niet", p.Naam), fmt.Sprintf("The website %s does not answer", p.Naam)),
			meaning:      text("Sinds "+since.NL+" lukken verbindingen met deze website niet. Wat daar sindsdien gepubliceerd is, staat hier niet.", "Since "+since.EN+" connections to this website fail. What was published there since is not here."),
			official:     consult,
			municipality: text("Ga na of de website van buitenaf bereikbaar is, en of een firewall de oogster (User-Agent Belfort) tegenhoudt. Belfort probeert het vanzelf opnieuw.", "Check whether the website can be reached from outside, and whether a firewall holds back the harvester (User-Agent Belfort). Belfort tries again by itself."),
		}
	case TLS:
		return words{
			one:          text("De beveiligde verbinding lukt niet (TLS)", "The secure connection fails (TLS)"),
			more:         count(p, "pagina's zijn niet te lezen: de beveiligde verbinding lukt niet (TLS)", "pages can not be read: the secure connection fails (TLS)"),
			meaning:      text("Het certificaat van de website is verlopen, hoort bij een andere naam, of de keten is onvolledig: de server stuurt het tussencertificaat niet mee. Browsers vullen dat laatste soms zelf aan, andere programma's niet.", "The certificate of the website has expired, belongs to another name, or the chain is incomplete: the server does not send the intermediate certificate. Browsers sometimes supply that themselves, other programs do not."),
			official:     askMunicipality,
			municipality: text("Laat uw leverancier de volledige keten van certificaten op de server zetten en tijdig vernieuwen.", "Have your vendor put the whole chain of certificates on the server and renew it in time."),
		}
	case Expiring:
		return words{
			more:         text(fmt.Sprintf("Het certificaat van de website verloopt over %s", days(p.Days).NL), fmt.Sprintf("The certificate of the website expires in %s", days(p.Days).EN)),
			meaning:      text("Als het niet vernieuwd wordt, kan niemand de website daarna nog veilig lezen, Belfort ook niet.", "If it is not renewed, nobody can read the website safely after that, Belfort neither."),
			official:     text("Er ontbreekt nog niets.", "Nothing is missing yet."),
			municipality: text("Laat het certificaat vernieuwen, of ga na of dat vanzelf gebeurt.", "Have the certificate renewed, or check that this happens by itself."),
		}
	case Robots:
		return words{
			one:          text("robots.txt sluit een pagina af", "robots.txt closes off a page"),
			more:         count(p, "pagina's zijn afgesloten door robots.txt", "pages are closed off by robots.txt"),
			meaning:      text("De website vraagt in robots.txt om deze pagina's niet te lezen. Belfort houdt zich daaraan: wat er staat, is hier niet.", "The website asks in robots.txt not to read these pages. Belfort keeps to that: what stands there is not here."),
			official:     askMunicipality,
			municipality: text("Gelinkte publicatie is bedoeld om gelezen te worden. Laat in robots.txt de pagina's met besluiten toe, voor alle programma's of voor de User-Agent Belfort.", "Linked publication is meant to be read. Allow the pages with decisions in robots.txt, for all programs or for the User-Agent Belfort."),
		}
	case Rules:
		return words{
			more:         text("De website geeft haar robots.txt niet", "The website does not give its robots.txt"),
			meaning:      text("Zonder die regels te kennen leest Belfort niets (RFC 9309, 2.3.1.4: een storing telt als een verbod).", "Without knowing those rules Belfort reads nothing (RFC 9309, 2.3.1.4: a server error counts as a prohibition)."),
			official:     askMunicipality,
			municipality: text("Laat /robots.txt antwoorden: met regels, of met 404 als er geen zijn. Niet met een fout van de server.", "Let /robots.txt answer: with rules, or with 404 if there are none. Not with an error of the server."),
		}
	case Login:
		return words{
			one:          text("Een pagina vraagt om aan te melden", "A page asks to sign in"),
			more:         count(p, "pagina's vragen om aan te melden", "pages ask to sign in"),
			meaning:      text("Belfort heeft geen gegevens om aan te melden, of ze worden geweigerd.", "Belfort has no credentials to sign in with, or they are refused."),
			official:     text("Meld het aan de beheerder van Belfort: de gegevens van deze bron moeten vernieuwd worden.", "Tell the operator of Belfort: the credentials of this source must be renewed."),
			municipality: text("Besluiten moeten openbaar zijn. Zijn de pagina's met opzet afgeschermd, bezorg de beheerder dan nieuwe gegevens.", "Decisions must be public. If the pages are shielded on purpose, give the operator new credentials."),
		}
	case Script:
		return words{
			one:          text("Een pagina is zonder JavaScript leeg", "A page is empty without JavaScript"),
			more:         count(p, "pagina's zijn zonder JavaScript leeg", "pages are empty without JavaScript"),
			meaning:      text("De pagina wordt pas in de browser opgebouwd. In wat de website stuurt, staat geen gelinkte data, zodat geen enkele oogster ze kan lezen.", "The page is only built in the browser. What the website sends holds no linked data, so that no harvester can read it."),
			official:     askMunicipality,
			municipality: text("Vraag uw leverancier om de RDFa in de HTML zelf te zetten, zoals de server ze stuurt.", "Ask your vendor to put the RDFa in the HTML itself, as the server sends it."),
		}
	case Budget:
		return words{
			more:         text("De laatste ronde stopte aan haar grens", "The last round ended at its bound"),
			meaning:      text("Er waren meer pagina's dan Belfort in één ronde mag vragen. Wat niet aan de beurt kwam, is niet gelezen.", "There were more pages than Belfort may ask for in one round. What had no turn was not read."),
			official:     text("Meld het aan de beheerder van Belfort: de grens van deze bron is te laag, of de website maakt eindeloos adressen.", "Tell the operator of Belfort: the bound of this source is too low, or the website makes addresses without end."),
			municipality: text("Ga na of uw website dezelfde pagina onder steeds nieuwe adressen geeft (een sessienummer in het adres, een kalender zonder einde).", "Check whether your website gives the same page under ever new addresses (a session number in the address, a calendar without end)."),
		}
	case Failed:
		return words{
			one:          text("Een pagina kon niet gelezen worden", "A page could not be read"),
			more:         count(p, "pagina's konden niet gelezen worden", "pages could not be read"),
			meaning:      text("De website verwijst naar deze pagina's, maar Belfort kreeg ze niet, of er stond niets leesbaars op.", "The website leads to these pages, but Belfort did not get them, or nothing readable stood there."),
			official:     consult,
			municipality: text("Bekijk de pagina's en de reden hieronder, en controleer ze met de validator. Verwijder verwijzingen naar wat niet bestaat.", "Look at the pages and the reason below, and check them with the validator. Remove links to what does not exist."),
		}
	case Outdated:
		return words{
			one:          text("Een pagina kon niet opnieuw gelezen worden", "A page could not be read again"),
			more:         count(p, "pagina's konden niet opnieuw gelezen worden", "pages could not be read again"),
			meaning:      text("Ze staan hier zoals ze het laatst gelezen zijn. Of ze sindsdien gewijzigd zijn, is niet bekend.", "They are here as they were last read. Whether they changed since is not known."),
			official:     text("Kijk voor de laatste versie op de website van het bestuur zelf.", "Look for the latest version on the website of the government itself."),
			municipality: text("Ga na waarom de website deze pagina's niet geeft. Zijn ze weggehaald, antwoord dan met 404 of 410.", "Check why the website does not give these pages. If they were taken away, answer 404 or 410."),
		}
	case Skipped:
		return words{
			one:          text("Een verwijzing leidt niet naar een leesbare pagina", "A link does not lead to a page that can be read"),
			more:         count(p, "verwijzingen leiden niet naar een leesbare pagina", "links do not lead to a page that can be read"),
			meaning:      text("Er staat een ander soort document (zoals een PDF), of het adres ligt niet op het openbare web.", "There is another kind of document (such as a PDF), or the address is not on the public web."),
			official:     text("Meestal ontbreekt er niets. Staan besluiten alleen in een PDF, dan zijn ze hier niet.", "Usually nothing is missing. If decisions stand in a PDF only, they are not here."),
			municipality: text("Verwijs met linkToPublication, heeftNotulen en dergelijke alleen naar pagina's met RDFa.", "Use linkToPublication, heeftNotulen and the like only to lead to pages with RDFa."),
		}
	case Held:
		return words{
			one:          text("Een pagina is tegengehouden", "A page is held back"),
			more:         count(p, "pagina's zijn tegengehouden", "pages are held back"),
			meaning:      text("De pagina is gelezen en bewaard, maar niet gepubliceerd: er staan persoonsgegevens op, of niets dat als besluit te herkennen is. De reden staat erbij.", "The page was read and kept, but not published: personal data stand on it, or nothing that can be recognised as a decision. The reason stands with it."),
			official:     text("Bekijk de pagina op de website van het bestuur zelf. De beheerder kan haar vrijgeven.", "See the page on the website of the government itself. The operator can release it."),
			municipality: text("Haal de persoonsgegevens van de pagina, of zet er de RDFa op die ontbreekt. Daarna verdwijnt dit vanzelf.", "Take the personal data off the page, or add the RDFa that is missing. Then this goes away by itself."),
		}
	case Empty:
		return words{
			more:         text("Op deze bron is niets gevonden", "Nothing was found on this source"),
			meaning:      text("Het adres is gelezen, maar leidde naar geen enkele publicatie.", "The address was read, but led to no publication at all."),
			official:     consult,
			municipality: text("Zet op de overzichtspagina verwijzingen met lblodBesluit:linkToPublication, of een LDES of sitemap, en controleer ze met de validator.", "Put links with lblodBesluit:linkToPublication on the overview page, or an LDES or sitemap, and check it with the validator."),
		}
	case Stale:
		return words{
			more:         text("Deze bron is te lang niet volledig gelezen", "This source was not read to the end for too long"),
			meaning:      text("De laatste volledige ronde is langer geleden dan de planning voorziet.", "The last whole round is longer ago than the schedule provides for."),
			official:     text("Meld het aan de beheerder van Belfort.", "Tell the operator of Belfort."),
			municipality: text("U hoeft niets te doen, tenzij hier ook een ander probleem met uw website staat.", "You need not do anything, unless another problem with your website is told of here too."),
		}
	case Silence:
		return words{
			more: text(fmt.Sprintf("%s: %s geen zitting gepubliceerd, gewoonlijk is dat %s", p.Naam, days(p.Days).NL, days(p.Usual).NL),
				fmt.Sprintf("%s: no sitting published for %s, usual is %s", p.Naam, days(p.Days).EN, days(p.Usual).EN)),
			meaning: text(fmt.Sprintf("Dat is langer dan dit orgaan gewoonlijk zwijgt (geleerd uit %d zittingen; het zomerreces en de weken na verkiezingen tellen niet mee). Misschien is er niet vergaderd, misschien wordt er niet meer of elders gepubliceerd.", p.Known),
				fmt.Sprintf("That is longer than this organ tends to be silent (learned from %d sittings; the summer recess and the weeks after elections do not count). Perhaps there was no sitting, perhaps it is published no more or elsewhere.", p.Known)),
			official:     text("Vraag na of er zittingen geweest zijn, en waar ze gepubliceerd zijn.", "Ask whether there were sittings, and where they are published."),
			municipality: text("Publiceert u voortaan op een ander adres of met een ander programma, laat het dan aan de beheerder weten.", "If you publish at another address or with another program now, tell the operator."),
		}
	case NoList:
		return words{
			one:  text(p.Naam+": een zitting zonder besluitenlijst na de termijn", p.Naam+": a sitting without a list of decisions after the term"),
			more: text(fmt.Sprintf("%s: %d zittingen zonder besluitenlijst na de termijn", p.Naam, p.Count), fmt.Sprintf("%s: %d sittings without a list of decisions after the term", p.Naam, p.Count)),
			meaning: text("De besluitenlijst moet binnen tien dagen op de webtoepassing staan (Decreet Lokaal Bestuur, art. 285 en 287). Na die dag is de website nog gelezen, en ze stond er niet als gelinkte data."+indicative.NL,
				"The list of decisions must be on the web application within ten days (Decree on Local Government, art. 285 and 287). The website was read after that day, and it was not there as linked data."+indicative.EN),
			official:     text("Kijk op de website van het bestuur of de lijst er staat. De termijn voor een klacht loopt pas vanaf haar publicatie.", "Look on the website of the government whether the list is there. The term for a complaint only runs from its publication."),
			municipality: text("Publiceer de besluitenlijst, en verwijs er vanuit de zitting naar met besluit:heeftBesluitenlijst.", "Publish the list of decisions, and lead to it from the sitting with besluit:heeftBesluitenlijst."),
		}
	case NoListButDecisions:
		return words{
			one:          text(p.Naam+": een zitting met notulen of uittreksels, maar zonder besluitenlijst", p.Naam+": a sitting with minutes or extracts, but without a list of decisions"),
			more:         text(fmt.Sprintf("%s: %d zittingen met notulen of uittreksels, maar zonder besluitenlijst", p.Naam, p.Count), fmt.Sprintf("%s: %d sittings with minutes or extracts, but without a list of decisions", p.Naam, p.Count)),
			meaning:      text("De besluiten zijn hier wel, uit een ander document. Het decreet vraagt ook de lijst (art. 285)."+indicative.NL, "The decisions are here, from another document. The decree asks for the list as well (art. 285)."+indicative.EN),
			official:     text("Er ontbreken wellicht geen besluiten.", "Probably no decisions are missing."),
			municipality: text("Publiceer ook de besluitenlijst, of verwijs ernaar met besluit:heeftBesluitenlijst.", "Publish the list of decisions too, or lead to it with besluit:heeftBesluitenlijst."),
		}
	case LateList:
		return words{
			one:          text(p.Naam+": een besluitenlijst is na de termijn gepubliceerd", p.Naam+": a list of decisions was published after the term"),
			more:         text(fmt.Sprintf("%s: %d besluitenlijsten zijn na de termijn gepubliceerd", p.Naam, p.Count), fmt.Sprintf("%s: %d lists of decisions were published after the term", p.Naam, p.Count)),
			meaning:      text("Volgens de data zelf is de lijst later dan tien dagen na de zitting gepubliceerd (Decreet Lokaal Bestuur, art. 285 en 287)."+indicative.NL, "By the data itself the list was published later than ten days after the sitting (Decree on Local Government, art. 285 and 287)."+indicative.EN),
			official:     text("Er ontbreekt niets. Let op: de klachttermijn begint bij de publicatie.", "Nothing is missing. Mind that the term for complaints begins with the publication."),
			municipality: text("Ga na of eli:date_publication klopt, en plan de publicatie vroeger.", "Check that eli:date_publication is right, and plan the publication earlier."),
		}
	case NoAgenda:
		return words{
			one:          text(p.Naam+": een zitting zonder agenda", p.Naam+": a sitting without an agenda"),
			more:         text(fmt.Sprintf("%s: %d zittingen zonder agenda", p.Naam, p.Count), fmt.Sprintf("%s: %d sittings without an agenda", p.Naam, p.Count)),
			meaning:      text("Van de meeste zittingen van dit orgaan is de agenda er wel, van deze niet.", "Of most sittings of this organ the agenda is there, of these it is not."),
			official:     text("De besluiten kunnen er wel zijn.", "The decisions may be there all the same."),
			municipality: text("Publiceer de agenda, en verwijs er vanuit de zitting naar met besluit:heeftAgenda.", "Publish the agenda, and lead to it from the sitting with besluit:heeftAgenda."),
		}
	case LateAgenda:
		return words{
			one:          text(p.Naam+": een agenda is minder dan acht dagen voor de zitting gepubliceerd", p.Naam+": an agenda was published less than eight days before the sitting"),
			more:         text(fmt.Sprintf("%s: %d agenda's zijn minder dan acht dagen voor de zitting gepubliceerd", p.Naam, p.Count), fmt.Sprintf("%s: %d agendas were published less than eight days before the sitting", p.Naam, p.Count)),
			meaning:      text("De agenda van een raad wordt ten minste acht dagen vooraf openbaar gemaakt, behalve bij hoogdringendheid. De datum is die van de data zelf; een aangevulde agenda kan een latere datum dragen."+indicative.NL, "The agenda of a council is made public at least eight days beforehand, except in urgent cases. The date is that of the data itself; an agenda that was added to may bear a later date."+indicative.EN),
			official:     text("Er ontbreekt niets.", "Nothing is missing."),
			municipality: text("Ga na of eli:date_publication klopt: ze blijft die van de eerste publicatie.", "Check that eli:date_publication is right: it stays that of the first publication."),
		}
	case Unlisted:
		return words{
			one:          text("Een pagina staat op geen overzicht meer", "A page is on no overview any more"),
			more:         count(p, "pagina's staan op geen overzicht meer", "pages are on no overview any more"),
			meaning:      text("De pagina's zelf bestaan nog, en blijven hier gepubliceerd. Overzichten tonen vaak alleen de laatste zittingen.", "The pages themselves still exist, and stay published here. Overviews often show the newest sittings only."),
			official:     text("Er ontbreekt niets.", "Nothing is missing."),
			municipality: text("Is een pagina ingetrokken, antwoord dan met 410. Anders hoeft u niets te doen; een LDES of sitemap met alle pagina's is nog beter.", "If a page is withdrawn, answer 410. Otherwise you need not do anything; an LDES or sitemap with all pages is better still."),
		}
	case Textless:
		return words{
			one:          text("Van een bijlage is de tekst niet te lezen", "The text of an attachment can not be read"),
			more:         count(p, "bijlagen zijn niet doorzoekbaar: hun tekst is niet te lezen", "attachments can not be searched: their text can not be read"),
			meaning:      text("De bijlage is er wel, maar haar inhoud wordt niet gevonden: ze is ingescand als beeld, ze is beveiligd, of op deze server ontbreekt het programma dat ze leest.", "The attachment is there, but its content is not found: it was scanned as an image, it is protected, or this server lacks the program that reads it."),
			official:     text("Open de bijlage zelf.", "Open the attachment itself."),
			municipality: text("Publiceer bijlagen met tekst, geen ingescande beelden; dat is ook een vereiste van toegankelijkheid.", "Publish attachments with text, not scanned images; accessibility requires that too."),
		}
	case Duplicates:
		return words{
			one:          text("Een besluit staat hier meer dan eens", "A decision is here more than once"),
			more:         count(p, "besluiten staan hier meer dan eens", "decisions are here more than once"),
			meaning:      text("Hetzelfde besluit is gepubliceerd onder verschillende identificatoren. Ze zijn verbonden met owl:sameAs.", "The same decision was published under different identifiers. They are joined with owl:sameAs."),
			official:     text("Er ontbreekt niets; tellingen kunnen te hoog zijn.", "Nothing is missing; counts may be too high."),
			municipality: text("Gebruik voor een besluit op elke pagina dezelfde URI, en geen URI met een sessienummer of een relatief adres.", "Use the same URI for a decision on every page, and no URI with a session number or a relative address."),
		}
	case NoSource:
		return words{
			more:         text("Van dit bestuur wordt niets geoogst", "Nothing of this government is harvested"),
			meaning:      text("Het bestuur staat in het register, maar er is geen bron voor ingesteld.", "The government is in the register, but no source is set for it."),
			official:     text("Wat dit bestuur publiceert, is hier niet.", "What this government publishes is not here."),
			municipality: text("Bezorg de beheerder het adres van de overzichtspagina van uw publicaties.", "Give the operator the address of the overview page of your publications."),
		}
	}
	return words{more: text(string(p.Kind), string(p.Kind))}
}

// days writes a number of days.
func days(n int) rdf.Text {
	if n == 1 {
		return text("1 dag", "1 day")
	}
	return text(fmt.Sprintf("%d dagen", n), fmt.Sprintf("%d days", n))
}

// why says in one sentence why a verdict is what it is.
func (b *Bestuur) why() rdf.Text {
	if b.Oordeel == Complete {
		on := Day(b.Gelezen)
		if on == (rdf.Text{}) {
			return text("Alle pagina's die gevonden zijn, zijn gelezen.", "All pages that were found were read.")
		}
		return text("Alle pagina's die gevonden zijn, zijn gelezen; laatst op "+on.NL+".", "All pages that were found were read; last on "+on.EN+".")
	}
	if b.Oordeel == Unknown {
		return text("Er is geen bron voor dit bestuur.", "There is no source for this government.")
	}
	if len(b.Problemen) == 0 {
		return rdf.Text{}
	}
	first := b.Problemen[0].Title
	serious := 0
	for _, p := range b.Problemen {
		if p.Severity != Notice {
			serious++
		}
	}
	if serious > 1 {
		return text(fmt.Sprintf("%s (en nog %d)", first.NL, serious-1), fmt.Sprintf("%s (and %d more)", first.EN, serious-1))
	}
	return first
}

// Label names a verdict in a word or two.
func (v Verdict) Label() rdf.Text {
	switch v {
	case Complete:
		return text("volledig", "complete")
	case Uncertain:
		return text("onzeker", "uncertain")
	case Incomplete:
		return text("onvolledig", "incomplete")
	}
	return text("zonder bron", "no source")
}

// Label says what problems of a severity mean.
func (s Severity) Label() rdf.Text {
	switch s {
	case Gap:
		return text("er ontbreekt iets", "something is missing")
	case Doubt:
		return text("er ontbreekt misschien iets", "something may be missing")
	}
	return text("aandachtspunt", "point of attention")
}

// Label names a kind of problem in a few words.
func (k Kind) Label() rdf.Text {
	switch k {
	case Never:
		return text("nog niet gelezen", "not read yet")
	case Down:
		return text("website antwoordt niet", "website does not answer")
	case TLS:
		return text("certificaat (TLS)", "certificate (TLS)")
	case Robots:
		return text("afgesloten door robots.txt", "closed off by robots.txt")
	case Rules:
		return text("robots.txt niet te lezen", "robots.txt can not be read")
	case Login:
		return text("vraagt om aan te melden", "asks to sign in")
	case Script:
		return text("vraagt JavaScript", "needs JavaScript")
	case Budget:
		return text("grens bereikt", "bound reached")
	case Failed:
		return text("pagina's niet gelezen", "pages not read")
	case Outdated:
		return text("pagina's niet opnieuw gelezen", "pages not read again")
	case Skipped:
		return text("onleesbare verwijzingen", "links that can not be read")
	case Held:
		return text("pagina's tegengehouden", "pages held back")
	case Empty:
		return text("niets gevonden", "nothing found")
	case Stale:
		return text("te lang niet gelezen", "not read for too long")
	case Silence:
		return text("onverwachte stilte", "unexpected silence")
	case NoList:
		return text("geen besluitenlijst na de termijn", "no list of decisions after the term")
	case NoListButDecisions:
		return text("besluiten zonder besluitenlijst", "decisions without a list of decisions")
	case LateList:
		return text("besluitenlijst te laat", "list of decisions too late")
	case NoAgenda:
		return text("geen agenda", "no agenda")
	case LateAgenda:
		return text("agenda te laat", "agenda too late")
	case Expiring:
		return text("certificaat verloopt", "certificate expires")
	case Unlisted:
		return text("op geen overzicht meer", "on no overview any more")
	case Textless:
		return text("bijlagen zonder tekst", "attachments without text")
	case Duplicates:
		return text("dubbele besluiten", "duplicate decisions")
	case NoSource:
		return text("geen bron", "no source")
	}
	return text(string(k), string(k))
}
