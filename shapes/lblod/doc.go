// Package lblod states the verdict of the official Flemish validator
// (@lblod/lib-decision-validation 1.0.51 with @lblod/lib-decision-shapes) as we
// compute it, defects included, and explains where Belfort's own verdict
// differs. It exists so that a vendor who is told two things knows why.
//
// What it knows is what that program does when it runs, written down as a table
// and a walk over the page; none of its code or shapes is here. It says nothing
// of what is right: that is the work of package oslo. The official program asks
// data.lblod.info for what it says of each mandataris and government; this
// package asks nobody, and gives the verdict that goes with no answer. Where
// answers can change it, Verdict.Open says so.
package lblod
