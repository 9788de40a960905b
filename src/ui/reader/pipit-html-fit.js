/* Runs in a world of its own, where the message's scripts, if any ran, could not see it. */
(() => {
  'use strict';

  const said = window.webkit.messageHandlers.pipitSize;
  let before = '';

  function measure ()
  {
    const body = document.body;
    const root = document.documentElement;
    if (!body || !root)
      return;

    const style = getComputedStyle (body);
    const below = parseFloat (style.marginBottom) || 0;
    const beside = parseFloat (style.direction === 'rtl' ? style.marginLeft : style.marginRight) || 0;
    const bottom = Math.max (body.getBoundingClientRect ().bottom + below,
                             root.getBoundingClientRect ().bottom) + window.scrollY;
    let across = Math.max (root.scrollWidth, body.scrollWidth);
    if (across > window.innerWidth)
      across += beside; /* what sticks out has passed over it */
    const size = [Math.ceil (bottom), across, window.innerWidth].join (' ');
    if (size !== before)
      {
        before = size;
        said.postMessage (size);
      }
  }

  const observer = new ResizeObserver (measure);
  observer.observe (document.documentElement);
  if (document.body)
    observer.observe (document.body);
  window.addEventListener ('resize', measure);
  window.addEventListener ('load', () => { before = ''; measure (); });
  measure ();
}) ();
