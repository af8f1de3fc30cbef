// HTML that reporting rendered: all text in it is escaped.

export function Markup({ html }: { readonly html: string }) {
  // Rendered by assurance/reporting/pages, which escapes all values.
  return <div class="markup" dangerouslySetInnerHTML={{ __html: html }} />;
}
