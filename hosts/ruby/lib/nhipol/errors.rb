# frozen_string_literal: true

module Nhipol
  # Why a call was refused. The code is one of the ERROR_ constants of Contract, the path a JSONPath, and the offset is in
  # bytes from the start of the text.
  class Error < StandardError
    attr_reader :code, :path, :expected, :found, :offset

    def initialize(error)
      @code, @path, @expected, @found, @offset = error.values_at(:code, :path, :expected, :found, :offset)
      super("#{code} at #{path}: expected #{expected}, found #{found}")
    end

    # From the response of a refusal.
    def self.of(response)
      new(JSON.parse(response, symbolize_names: true).dig(:context, :error))
    end
  end

  class PolicyLoadError < Error; end
  class TableError < Error; end
  class SessionError < Error; end
end
