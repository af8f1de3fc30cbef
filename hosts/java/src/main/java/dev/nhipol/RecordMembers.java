package dev.nhipol;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A record's components by their names, in their order. Throws what an accessor throws. */
final class RecordMembers {
  private static final ClassValue<Method[]> ACCESSORS =
      new ClassValue<>() {
        @Override
        protected Method[] computeValue(Class<?> type) {
          Method[] accessors =
              Arrays.stream(type.getRecordComponents())
                  .map(RecordComponent::getAccessor)
                  .toArray(Method[]::new);
          for (Method accessor : accessors) accessor.setAccessible(true);
          return accessors;
        }
      };

  private RecordMembers() {}

  static Map<String, Object> of(Object value) {
    Map<String, Object> members = new LinkedHashMap<>();
    for (Method accessor : ACCESSORS.get(value.getClass())) {
      try {
        members.put(accessor.getName(), accessor.invoke(value));
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException("a record that cannot be read", e);
      }
    }
    return members;
  }
}
