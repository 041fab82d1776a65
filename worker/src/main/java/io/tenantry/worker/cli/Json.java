package io.tenantry.worker.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.time.Duration;
import java.time.Instant;

/**
 * Records, maps and lists as JSON in one line. Times and durations are ISO 8601, null and absent fields are left out, and
 * what is not ASCII is escaped, whatever the terminal's encoding.
 */
final class Json {
    private final ObjectMapper mapper = JsonMapper.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .defaultPropertyInclusion(JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .addModule(new SimpleModule()
                    .addSerializer(Instant.class, ToStringSerializer.instance)
                    .addSerializer(Duration.class, ToStringSerializer.instance))
            .build();

    String line(Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException bug) {
            throw new IllegalStateException(value.getClass() + " cannot be written as JSON", bug);
        }
    }
}
