// Bestanden slepen naar het vak: zonder dit bestand kiest men ze met de knop.
(function () {
  "use strict";
  var vak = document.querySelector("[data-sleep]");
  var invoer = document.getElementById("bestand");
  var lijst = document.querySelector("[data-gekozen]");
  if (!vak || !invoer || !lijst) return;
  vak.querySelector("[data-sleephint]").hidden = false;
  function toon() {
    lijst.textContent = "";
    Array.prototype.forEach.call(invoer.files, function (bestand) {
      var regel = document.createElement("li");
      regel.textContent = bestand.name;
      lijst.appendChild(regel);
    });
  }
  invoer.addEventListener("change", toon);
  ["dragenter", "dragover"].forEach(function (soort) {
    vak.addEventListener(soort, function (e) { e.preventDefault(); vak.classList.add("boven"); });
  });
  ["dragleave", "drop"].forEach(function (soort) {
    vak.addEventListener(soort, function () { vak.classList.remove("boven"); });
  });
  vak.addEventListener("drop", function (e) {
    e.preventDefault();
    if (e.dataTransfer.files.length) { invoer.files = e.dataTransfer.files; toon(); }
  });
})();
