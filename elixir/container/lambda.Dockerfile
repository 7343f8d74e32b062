# Where `mayfly build --docker` assembles the release of a Mix project that has no lambda.Dockerfile of its own:
# Amazon Linux 2023, which is what Lambda's provided.al2023 is made of, with Erlang/OTP compiled from source. The C
# library and OpenSSL that the release is linked with are therefore Lambda's.
# To change it, copy it to the project's root. What Mayfly asks of it: escript, mix, Hex and Rebar for the root user.
ARG BASE=public.ecr.aws/amazonlinux/amazonlinux:2023
FROM ${BASE}

# Asked of the project's .tool-versions or mise.toml by Mayfly.
ARG OTP_VERSION=27.3.4
ARG ELIXIR_VERSION=1.18.4

# A BASE that brings its own Elixir is taken as it is.
RUN command -v mix || dnf install -y --allowerasing \
      autoconf ca-certificates curl gcc gcc-c++ git gzip make ncurses-devel openssl-devel perl tar unzip

RUN command -v erl || { \
      set -e; \
      mkdir /tmp/otp; \
      curl -fsSL "https://github.com/erlang/otp/releases/download/OTP-${OTP_VERSION}/otp_src_${OTP_VERSION}.tar.gz" \
        -o /tmp/otp.tar.gz; \
      tar -xzf /tmp/otp.tar.gz -C /tmp/otp --strip-components=1; \
      cd /tmp/otp; \
      ./configure --without-debugger --without-et --without-javac --without-megaco --without-observer \
        --without-odbc --without-wx; \
      make -j"$(nproc)"; \
      make install; \
      rm -rf /tmp/otp /tmp/otp.tar.gz; \
    }

RUN command -v mix || { \
      set -e; \
      curl -fsSL "https://github.com/elixir-lang/elixir/releases/download/v${ELIXIR_VERSION}/elixir-otp-${OTP_VERSION%%.*}.zip" \
        -o /tmp/elixir.zip; \
      unzip -q /tmp/elixir.zip -d /usr/local; \
      rm /tmp/elixir.zip; \
      LC_ALL=C.UTF-8 mix local.hex --force; \
      LC_ALL=C.UTF-8 mix local.rebar --force; \
    }
