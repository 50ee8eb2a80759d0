// De vraagpagina met YASGUI. Zonder dit bestand, of als het niet lukt, blijft
// het gewone formulier staan.
(function () {
  "use strict";
  var plaats = document.getElementById("yasgui");
  var formulier = document.getElementById("sparqlformulier");
  if (!plaats || !formulier || typeof Yasgui !== "function") return;

  // Zelfde adressen voor namen als voor antwoorden: niets gaat naar buiten.
  var namen;
  function vraagNamen(soort, begin) {
    namen = namen || fetch(plaats.dataset.termen).then(function (r) { return r.ok ? r.json() : { classes: [], properties: [] }; });
    return namen.then(function (lijst) {
      var klein = begin.toLowerCase();
      return lijst[soort].filter(function (naam) {
        return naam.toLowerCase().indexOf(klein) === 0 || naam.split(/[/#]/).pop().toLowerCase().indexOf(klein) === 0;
      }).sort();
    });
  }
  function vulAan(oud, nieuw, soort) {
    Yasgui.Yasqe.forkAutocompleter(oud, {
      name: nieuw,
      bulk: false,
      get: function (_, stuk) { return vraagNamen(soort, (stuk && stuk.autocompletionString) || ""); },
    }, false);
  }
  vulAan("class", "klassen", "classes");
  vulAan("property", "eigenschappen", "properties");

  var adres = location.origin + "/sparql";
  var yasgui;
  plaats.hidden = false; // de editor meet zich bij het tekenen
  try {
    yasgui = new Yasgui(plaats, {
      requestConfig: { endpoint: adres, method: "POST" },
      copyEndpointOnNewTab: false,
      populateFromUrl: false,
      autoAddOnInit: false,
      autofocus: false,
      persistenceId: "belfort",
      tabName: plaats.dataset.tabblad,
      yasqe: {
        value: plaats.dataset.eerste,
        prefixCcApi: plaats.dataset.prefixen,
        autocompleters: ["prefixes", "variables", "klassen", "eigenschappen"],
        editorHeight: "24rem",
        // Een koppeling naar een vraag wijst naar deze pagina.
        createShareableLink: function (yasqe) {
          return location.origin + location.pathname + "?query=" + encodeURIComponent(yasqe.getValue());
        },
      },
      yasr: { pluginOrder: ["table", "boolean", "response"], defaultPlugin: "table" },
    });
  } catch (fout) {
    plaats.replaceChildren();
    plaats.hidden = true;
    return;
  }
  formulier.hidden = true;

  // YASGUI zet een knop tussen de tabbladen van zijn tablist, en laat zijn
  // invoerveld zonder naam: beide brengen een schermlezer in de war.
  function verbeter() {
    plaats.querySelectorAll(".tabsList").forEach(function (lijst) {
      lijst.setAttribute("role", "group");
      lijst.setAttribute("aria-label", plaats.dataset.tabbladen);
      lijst.querySelectorAll("a").forEach(function (a) {
        if (a.getAttribute("aria-selected") === "true") a.setAttribute("aria-current", "true");
        else a.removeAttribute("aria-current");
        ["role", "aria-selected", "aria-controls"].forEach(function (naam) { a.removeAttribute(naam); });
      });
      lijst.querySelectorAll("input").forEach(function (invoer) { invoer.setAttribute("aria-label", plaats.dataset.naam); invoer.tabIndex = -1; });
    });
    plaats.querySelectorAll(".CodeMirror textarea").forEach(function (veld) { veld.setAttribute("aria-label", plaats.dataset.tabblad); });
    plaats.querySelectorAll(".CodeMirror-scroll").forEach(function (vak) { vak.tabIndex = 0; });
    plaats.querySelectorAll('[role="tabpanel"]').forEach(function (vak) { vak.setAttribute("role", "group"); });
  }
  ["tabSelect", "tabAdd", "tabClose", "tabChange"].forEach(function (wat) {
    yasgui.on(wat, function () { setTimeout(verbeter); });
  });

  function tabblad(vraag) {
    return yasgui.addTab(true, {
      name: plaats.dataset.tabblad,
      yasqe: { value: vraag },
      yasr: { settings: { selectedPlugin: "table", pluginsConfig: { table: { compact: true, isEllipsed: true, pageSize: 10 } } }, response: undefined },
      requestConfig: { endpoint: adres },
    }, { avoidDuplicateTabs: true });
  }
  function toon(vraag, voerUit) {
    var tab = tabblad(vraag);
    if (voerUit) tab.getYasqe().query().catch(function () {});
    plaats.scrollIntoView({ block: "start" });
  }
  // Het adres van een bewaard tabblad kan van een andere site zijn geweest.
  Object.keys(yasgui._tabs).forEach(function (id) { yasgui._tabs[id].setEndpoint(adres); });

  document.querySelectorAll("a[data-vraag]").forEach(function (a) {
    a.addEventListener("click", function (gebeurtenis) {
      if (gebeurtenis.ctrlKey || gebeurtenis.metaKey || gebeurtenis.shiftKey) return;
      gebeurtenis.preventDefault();
      toon(a.dataset.vraag, true);
    });
  });
  var gevraagd = new URLSearchParams(location.search).get("query");
  if (gevraagd) toon(gevraagd, false);
  else if (!Object.keys(yasgui._tabs).length) tabblad(plaats.dataset.eerste);
  verbeter();
})();
