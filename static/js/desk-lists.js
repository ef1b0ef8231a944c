/* Lists of choices: what their script leaves out for those who cannot see the page. */
'use strict';
{
    const $ = django.jQuery;

    // An empty list of choices has no name of its own.
    function nameLists(within) {
        within.querySelectorAll('select.select2-hidden-accessible').forEach((select) => {
            const column = select.closest('td')?.className.match(/field-(\w+)/)?.[1];
            const name = select.labels[0]?.textContent.trim() || column || '';
            const parts = '[role="combobox"], [role="textbox"], .select2-search__field';
            select.nextElementSibling?.querySelectorAll(parts).forEach((part) => part.setAttribute('aria-label', name));
        });
    }

    // Once every other script has laid its hands on the lists.
    document.addEventListener('formset:added', (event) => window.setTimeout(() => nameLists(event.target)));
    $(() => window.setTimeout(() => nameLists(document)));
}
