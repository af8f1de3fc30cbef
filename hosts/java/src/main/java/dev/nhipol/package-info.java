/**
 * Loads policies that nhipol compiled, and decides requests with them in the JVM. Start with {@link
 * dev.nhipol.Policy}.
 */
package dev.nhipol;
