// Makes HTML of the language server safe: a shared link contains a policy of somebody else, whose comments are shown on
// hover. DOMPurify is loaded when an editor is first used; until then, only the text is shown.

let purify: ((html: string) => string) | undefined;

/** Loads DOMPurify when the pointer or the focus first enters the element. */
export function loadSanitizerOnUse(element: HTMLElement): void {
  const load = () => {
    void import('dompurify').then(({ default: { sanitize } }) => {
      purify = (html) => sanitize(html);
    });
  };
  for (const event of ['pointerover', 'focusin'])
    element.addEventListener(event, load, { once: true });
}

export function sanitizeHtml(html: string): string {
  return purify?.(html) ?? escapeHtml(html);
}

/** Scripts of a parsed document do not run, and its images are not loaded. */
function escapeHtml(html: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  const shown = document.createElement('p');
  shown.textContent = body.textContent;
  return shown.outerHTML;
}
