// Kopieerknoppen: zonder dit bestand blijft de tekst gewoon te selecteren.
(function () {
  "use strict";
  if (!navigator.clipboard) return;
  var melding = document.getElementById("kopieermelding");
  document.querySelectorAll("[data-kopieer]").forEach(function (knop) {
    knop.hidden = false;
    knop.addEventListener("click", function () {
      var doel = document.getElementById(knop.dataset.kopieer);
      var tekst = knop.dataset.tekst || (doel ? doel.textContent.trim() : "");
      if (tekst.charAt(0) === "#") tekst = location.href.split("#")[0] + tekst;
      navigator.clipboard.writeText(tekst).then(function () {
        if (melding) melding.textContent = knop.dataset.gelukt;
      }, function () {});
    });
  });
})();
