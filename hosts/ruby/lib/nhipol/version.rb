# frozen_string_literal: true

module Nhipol
  VERSION = '0.1.0'
end
