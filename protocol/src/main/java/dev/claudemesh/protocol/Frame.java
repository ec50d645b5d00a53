package dev.claudemesh.protocol;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Names the wire type of a reply or an event.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Frame {
  /// The wire name.
  String type();

  /// One sentence for the reference.
  String summary();
}
