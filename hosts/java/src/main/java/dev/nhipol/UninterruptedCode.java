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
 * A cache of the compiler that changes the classes of a module. They check for an interrupt of the
 * thread at each call and iteration of a loop, and throw if there is one: that would deny a request
 * without reason, and lose sessions. The method that checks becomes empty; if a later compiler has
 * none, nothing changes.
 */
final class UninterruptedCode implements Cache {
  private static final String CHECK = "checkInterruption";

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
      JarEntry entry;
      while ((entry = entries.getNextJarEntry()) != null) {
        byte[] bytes = entries.readAllBytes();
        out.putNextEntry(new JarEntry(entry.getName()));
        out.write(entry.getName().endsWith(".class") ? withoutCheck(bytes) : bytes);
      }
    }
    classes = changed.toByteArray();
  }

  private static byte[] withoutCheck(byte[] compiled) {
    ClassReader reader = new ClassReader(compiled);
    ClassWriter writer = new ClassWriter(reader, 0);
    reader.accept(
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public MethodVisitor visitMethod(
              int access, String name, String type, String signature, String[] exceptions) {
            MethodVisitor method = super.visitMethod(access, name, type, signature, exceptions);
            if (!name.equals(CHECK) || !type.equals("()V")) return method;
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
