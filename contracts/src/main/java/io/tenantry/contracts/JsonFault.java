package io.tenantry.contracts;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with some JSON, for people: without the classes and settings that a library's message names. */
final class JsonFault {
    private static final int MAX_REASON_LENGTH = 300;
    private static final Pattern SOURCE =
            Pattern.compile("\\[Source: .*?; (?:line: (\\d+), column: (\\d+)|byte offset: #\\S+)]");
    private static final Pattern SETTING = Pattern.compile(",? ?(?:from )?`[^`]*`");
    private static final Pattern CLASS =
            Pattern.compile("(?:class )?\\b(?:[a-z_][a-zA-Z0-9_]*\\.)+[A-Z][\\w$]*(?:\\.[A-Z][\\w$]*)*:? ?");
    private static final Pattern EXCEPTION = Pattern.compile("\\b[A-Z]\\w*(?:Exception|Error)\\b:? ?");

    private JsonFault() {}

    /** The fault in the JSON of an event or its data. */
    static String of(JsonProcessingException fault) {
        if (fault instanceof ValueInstantiationException) {
            Throwable cause = fault.getCause();
            return cause instanceof IllegalArgumentException && cause.getMessage() != null
                    ? Excerpt.escaped(Excerpt.cut(cause.getMessage(), MAX_REASON_LENGTH))
                    : path((JsonMappingException) fault) + " cannot be read";
        }
        if (fault instanceof MismatchedInputException mismatch) {
            return mismatch(mismatch);
        }
        JsonLocation where = fault.getLocation();
        return "not valid JSON: " + reason(fault.getOriginalMessage())
                + (where == null ? "" : " (line " + where.getLineNr() + ", column " + where.getColumnNr() + ")");
    }

    private static String mismatch(MismatchedInputException mismatch) {
        if (mismatch.getOriginalMessage().startsWith("Trailing token")) {
            return "not valid JSON: something follows its end; expected one JSON value";
        }
        String found = mismatch instanceof InvalidFormatException format
                ? ", and found " + Excerpt.quoted(String.valueOf(format.getValue()))
                : "";
        return path(mismatch) + " has the wrong type; expected " + name(mismatch.getTargetType()) + found;
    }

    private static String path(JsonMappingException e) {
        String path = e.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : "." + step.getFieldName())
                .collect(Collectors.joining());
        return path.isEmpty() ? "the JSON" : "field " + Excerpt.quoted(path.substring(1));
    }

    private static String name(@Nullable Class<?> type) {
        if (type == null) {
            return "another";
        }
        if (type == Instant.class) {
            return "a string with a time as in RFC 3339";
        }
        if (type == Duration.class) {
            return "a string with a duration as in ISO 8601, such as PT5M or P1DT12H, in whole seconds";
        }
        if (type == Boolean.class) {
            return "true or false";
        }
        if (type == String.class || type.isEnum()) {
            return "a string";
        }
        if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
            return "an integer";
        }
        return Collection.class.isAssignableFrom(type)
                ? "an array"
                : Map.class.isAssignableFrom(type) ? "an object of strings" : "an object";
    }

    /** A library's message without its classes, settings and sources. */
    static String reason(@Nullable String message) {
        String text = message == null ? "" : message;
        text = SOURCE.matcher(text).replaceAll("line $1, column $2");
        text = SETTING.matcher(text).replaceAll("");
        text = CLASS.matcher(text).replaceAll("");
        text = EXCEPTION.matcher(text).replaceAll("").strip();
        return text.isEmpty() ? "it cannot be read" : Excerpt.escaped(Excerpt.cut(text, MAX_REASON_LENGTH));
    }
}
