package io.tenantry.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorCodeTest {

    @ParameterizedTest
    @EnumSource
    void everyErrorCodeHasASentence(ErrorCode code) {
        assertThat(code.advice())
                .matches("[A-Z][^.!?]*([a-z]\\.[a-z][^.!?]*)*\\.")
                .hasSizeBetween(40, 140);
    }

    @ParameterizedTest
    @EnumSource
    void everyErrorCodeIsItsNameInKebabCaseAndIsFoundByIt(ErrorCode code) {
        assertThat(code.code()).isEqualTo(code.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        assertThat(ErrorCode.of(code.code())).isEqualTo(code);
    }

    @Test
    void anUnknownCodeIsRefusedWithWhatThereIs() {
        assertThatThrownBy(() -> ErrorCode.of("out-of-luck"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"out-of-luck\"")
                .hasMessageContaining("invalid-event, ");
    }
}
