package dev.claudemesh.protocol;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// What tools and commands call a field whose wire name would read oddly there: `id` instead of
/// `taskId`.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Called {
  /// The name, in snake case.
  String value();
}
