# frozen_string_literal: true

require 'minitest/autorun'
require 'nhipol'
require_relative '../tool/libraries'

# The policies of the conformance cases; NHIPOL_CONFORMANCE selects another folder.
module Policies
  FOLDER = ENV.fetch('NHIPOL_CONFORMANCE') { File.expand_path('../../../test/conformance', __dir__) }
  LIBRARIES = Libraries.new('-O1')
  NOON = Time.utc(2026, 3, 3, 10)

  def library(name) = LIBRARIES.of(File.binread("#{FOLDER}/modules/#{name}.wasm"))
  def load(name, **options) = Nhipol.load(library(name), **options)

  def error_of(type)
    assert_raises(type) { yield }.code
  end
end
