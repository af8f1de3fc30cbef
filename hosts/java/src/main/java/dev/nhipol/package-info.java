/**
 * Loads policies that nhipol compiled, and decides by them in the JVM. {@link dev.nhipol.Policy} is
 * the door.
 */
package dev.nhipol;
