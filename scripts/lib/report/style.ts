/** The one style sheet of every page: no font, picture or script from anywhere. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #fff; --panel: #f4f6f9; --line: #d5dbe3; --text: #17202b; --faint: #566270;
  --good: #1d7a3e; --bad: #b3261e; --open: #8a5a00; --bar: #3a72c9; --bar2: #8a97a8; }
@media (prefers-color-scheme: dark) { :root { --ground: #12161c; --panel: #1b212a; --line: #36404c; --text: #e7ecf2;
  --faint: #a5b1bf; --good: #62c987; --bad: #ff8f86; --open: #e6b450; --bar: #6ba2f5; --bar2: #7d8a9a; } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1.25rem 1rem 3rem; max-width: 52rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif; overflow-wrap: anywhere }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
p { margin: .25rem 0 .75rem } .links { margin-top: 2rem } a { color: var(--bar) } .faint, caption { color: var(--faint) }
.verdict { display: inline-block; font-weight: 600; padding: .1rem .6rem; border: 2px solid; border-radius: 1rem; white-space: nowrap }
.passed { color: var(--good) } .failed { color: var(--bad) } .not-tested { color: var(--open) }
.why { border-left: 4px solid var(--bad); background: var(--panel); padding: .5rem .75rem; margin: .75rem 0 }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .6rem; margin: 1rem 0; padding: 0 }
.figures > div { background: var(--panel); border-radius: .5rem; padding: .6rem .75rem }
.figures dt { color: var(--faint); font-size: .875rem } .figures dd { margin: 0; font-size: 1.35rem; font-weight: 600; line-height: 1.3 }
.figures small { display: block; font-size: .8rem; font-weight: 400; color: var(--faint) }
svg { display: block; width: 100%; overflow: visible } svg text { fill: var(--text); font-size: 13px } svg .faint { fill: var(--faint) }
.bar { fill: var(--bar) } .bar.aside { fill: var(--bar2) } .grid { stroke: var(--line) } .trend { stroke: var(--bar2); stroke-width: 1.5 }
.dot { fill: var(--good) } .cross { stroke: var(--bad); stroke-width: 2.5; fill: none }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 } caption { text-align: left; font-size: .875rem; padding-bottom: .25rem }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line) }
th:last-child, td:last-child { padding-right: 0 } thead th { font-size: .875rem; color: var(--faint); font-weight: 600 } tbody th { font-weight: 600 }
td.number, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums } .state { white-space: nowrap; font-weight: 600 }
details { margin: .75rem 0 } summary { cursor: pointer } dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0 }
dl.facts dt { color: var(--faint) } dl.facts dd { margin: 0 } ul { padding-left: 1.2rem } li { margin: .25rem 0 }
@media (max-width: 30rem) { th, td { padding-right: .4rem } td.number { white-space: normal } table.cards thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden }
  table.cards tr { display: grid; grid-template-columns: 1fr auto; border-bottom: 1px solid var(--line); padding: .35rem 0 }
  table.cards th, table.cards td { border: 0; padding: 0 } table.cards td.wide { grid-column: 1 / -1; color: var(--faint) } }
@media print { body { max-width: none } }
`;
