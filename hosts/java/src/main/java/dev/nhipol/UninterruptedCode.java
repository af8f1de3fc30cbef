package dev.nhipol;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import run.endive.compiler.Cache;

/**
 * The classes that a module becomes, on their way through the compiler's cache. They look for an
 * interrupt of the thread at each call and turn of a loop, and throw where there is one. That would
 * deny a request for nothing, and leave sessions half written; a module ends by itself. So the
 * method that looks does nothing here. A compiler without such a method changes nothing.
 */
final class UninterruptedCode implements Cache {
  private static final String LOOK = "checkInterruption";

  private byte[] classes;

  @Override
  public byte[] get(String key) {
    return classes;
  }

  @Override
  public void putIfAbsent(String key, byte[] compiled) throws IOException {
    ByteArrayOutputStream changed = new ByteArrayOutputStream(compiled.length);
    try (JarInputStream entries = new JarInputStream(new ByteArrayInputStream(compiled));
        JarOutputStream out = new JarOutputStream(changed)) {
      out.setLevel(0);
      for (JarEntry entry = entries.getNextJarEntry();
          entry != null;
          entry = entries.getNextJarEntry()) {
        byte[] bytes = entries.readAllBytes();
        out.putNextEntry(new JarEntry(entry.getName()));
        out.write(entry.getName().endsWith(".class") ? withoutLooking(bytes) : bytes);
        out.closeEntry();
      }
    }
    classes = changed.toByteArray();
  }

  private static byte[] withoutLooking(byte[] compiled) {
    ClassReader reader = new ClassReader(compiled);
    ClassWriter writer = new ClassWriter(reader, 0);
    reader.accept(
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public MethodVisitor visitMethod(
              int access, String name, String type, String signature, String[] exceptions) {
            MethodVisitor method = super.visitMethod(access, name, type, signature, exceptions);
            if (!name.equals(LOOK) || !type.equals("()V")) return method;
            method.visitCode();
            method.visitInsn(Opcodes.RETURN);
            method.visitMaxs(0, 0);
            method.visitEnd();
            return null;
          }
        },
        0);
    return writer.toByteArray();
  }
}
