package dev.claudemesh.protocol;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Bounds a text (in characters), a list or a map (in entries). Checked once, for every face,
/// before the handler sees the record.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Size {
  /// The largest size that is accepted.
  int value();

  /// The smallest size that is accepted.
  int min() default 0;

  /// For a list of texts: the longest entry that is accepted; 0 leaves it at 1,000.
  int each() default 0;
}
