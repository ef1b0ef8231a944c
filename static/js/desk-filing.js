/* The form of an update: what only a browser can add to it. Without this file the same is done at every saving. */
'use strict';
{
    const $ = django.jQuery;

    // Lists of choices tell only jQuery what was chosen; the page listens to the browser.
    $(document).on('select2:select select2:clear', (event) => announce(event.target));

    function announce(field) {
        field.dispatchEvent(new Event('change', {bubbles: true}));
    }

    // Enter takes the first answer to what was typed, and never the one before it while the answers are on their way.
    document.addEventListener('keydown', (event) => {
        const field = event.target;
        if (event.key === 'Enter' && field.matches('.select2-search__field') && isAsking()) {
            event.preventDefault();
            event.stopImmediatePropagation();
            whenAnswered(() => $(field).trigger($.Event('keydown', {which: 13})));
        }
    }, true);

    function isAsking() {
        return document.querySelector('.select2-results__options .loading-results') !== null;
    }

    function whenAnswered(proceed) {
        const observer = new MutationObserver(() => {
            if (!isAsking()) {
                observer.disconnect();
                proceed();
            }
        });
        observer.observe(document.querySelector('.select2-results__options'), {childList: true});
    }

    document.addEventListener('htmx:afterSwap', (event) => {
        const beside = event.target;
        const row = beside.closest('.filing-rows .inline-related');
        const source = row?.querySelector('select[name$="-source"]');
        const status = row?.querySelector('select[name$="-status"]');
        if (source) {
            chooseSource(source, beside.querySelector('[data-source]'));
        }
        if (status) {
            const standing = beside.querySelector('[data-unchanged]');
            status.options[0].textContent = standing ? standing.dataset.unchanged : '---------';
        }
    });

    // The source that an address was recognised as is the one chosen; it is let go with its address.
    function chooseSource(select, known) {
        if (known) {
            select.replaceChildren(new Option(known.dataset.title, known.dataset.source, true, true));
            select.dataset.byAddress = 'yes';
        } else if (select.dataset.byAddress) {
            select.replaceChildren(new Option('', ''));
            delete select.dataset.byAddress;
        } else {
            return;
        }
        announce(select);
    }

    document.addEventListener('formset:added', (event) => {
        htmx.process(event.target);
        // Once every other script has laid its hands on the row.
        window.setTimeout(() => event.target.querySelector('input[type="text"], .select2-selection')?.focus());
    });

    window.addEventListener('load', () => {
        // Django's own script takes the first field of all. Whoever has gone on to another stays there.
        if (document.activeElement === document.body || document.activeElement.matches('[name="citations-0-address"]')) {
            document.querySelector('#statusupdate_form [autofocus]')?.focus();
        }
    });
}
