// De stand van een controle die loopt, zonder de pagina te herladen. Zonder dit
// bestand ververst de pagina zichzelf.
(function () {
  "use strict";
  var plaats = document.getElementById("voortgang");
  if (!plaats || !window.fetch || !window.DOMParser) return;
  function vraag() {
    fetch(location.href, { headers: { Accept: "text/html" } }).then(function (antwoord) {
      return antwoord.ok ? antwoord.text() : Promise.reject();
    }).then(function (html) {
      var nieuw = new DOMParser().parseFromString(html, "text/html").getElementById("voortgang");
      if (!nieuw || !nieuw.hasAttribute("data-loopt")) { location.reload(); return; }
      // Alleen wat veranderde: een knop die de focus heeft, houdt ze.
      Array.prototype.forEach.call(nieuw.querySelectorAll(".bericht, .cijfers, table"), function (deel, i) {
        var oud = plaats.querySelectorAll(".bericht, .cijfers, table")[i];
        if (oud) oud.replaceWith(deel.cloneNode(true)); else plaats.appendChild(deel.cloneNode(true));
      });
      setTimeout(vraag, 1500);
    }).catch(function () { setTimeout(vraag, 5000); });
  }
  setTimeout(vraag, 1500);
})();
