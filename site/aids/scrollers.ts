/** Makes what scrolls sideways reachable by keyboard where it is wider than its place (WCAG 2.1.1), and no stop of the Tab key where it is not. */
export function reachableScrollers(): void {
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries)
      if (target instanceof HTMLElement) {
        if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
        else target.removeAttribute('tabindex');
      }
  });
  const wide = '.sl-markdown-content :is(table, figure > .scroll), .expressive-code pre';
  for (const scroller of document.querySelectorAll(wide)) sizes.observe(scroller);

  // Expressive Code makes a wide listing a region, which is a landmark and would need a name of its own on the page; a named group is none.
  const roles = new MutationObserver((changes) => {
    for (const { target } of changes)
      if (target instanceof HTMLElement && target.getAttribute('role') === 'region') {
        target.setAttribute('role', 'group');
        target.setAttribute('aria-label', target.closest('figure')?.querySelector('.title')?.textContent || 'Code');
      }
  });
  for (const listing of document.querySelectorAll('.expressive-code pre'))
    roles.observe(listing, { attributeFilter: ['role'] });
}
